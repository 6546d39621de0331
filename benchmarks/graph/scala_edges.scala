// A plugin of the compiler that prints, one a line, "source<tab>target" for every two compiled files
// of which the first names something that the second declares: a type, an object, or a member of a
// package or object. What a name means is what the type checker says. Members of values do not
// count, nor what the compiler adds (conversions, implicit values, inferred types).
import scala.tools.nsc.{Global, Phase}
import scala.tools.nsc.plugins.{Plugin, PluginComponent}

class Edges(val global: Global) extends Plugin {
  val name = "edges"
  val description = "prints which file names what of which"
  val components: List[PluginComponent] = List(Component)

  private object Component extends PluginComponent {
    val global: Edges.this.global.type = Edges.this.global
    val phaseName = "edges"
    val runsAfter = List("typer")
    override val runsBefore = List("patmat")

    def newPhase(previous: Phase): Phase = new StdPhase(previous) {
      def apply(unit: global.CompilationUnit): Unit = {
        val names = new Names[global.type](global)
        names.read(unit).toList.sorted.foreach(target => println(s"${unit.source.file.path}\t$target"))
      }
    }
  }
}

class Names[G <: Global](val global: G) {
  import global._

  def read(unit: CompilationUnit): Set[String] = {
    val reader = new Reader(unit)
    reader.traverse(unit.body)
    reader.found
  }

  private class Reader(unit: CompilationUnit) extends Traverser {
    private val text = unit.source.content
    var found = Set.empty[String]

    override def traverse(tree: Tree): Unit = {
      tree match {
        case written: TypeTree if written.original != null => traverse(written.original)
        case Import(from, selectors) =>
          for (selector <- selectors if selector.name != nme.WILDCARD) {
            add(from.tpe.member(selector.name.toTermName))
            add(from.tpe.member(selector.name.toTypeName))
          }
        case Select(of, _: TermName) if !tree.symbol.isModule && !isPackage(of.symbol) =>
        case name: RefTree if stands(name) => add(name.symbol)
        case parameter: TypeDef => bounds(parameter)
        case _ =>
      }
      for (symbol <- Option(tree.symbol) if tree.isDef; one <- symbol.annotations)
        traverse(one.original)
      super.traverse(tree)
    }

    // The tree of a type parameter has lost its bounds; their names are looked for in its text.
    private def bounds(tree: TypeDef): Unit = if (tree.pos.isRange) {
      val written = new String(text.slice(tree.pos.start, tree.pos.end)).split("\\W+").toSet
      tree.symbol.info.foreach {
        case TypeRef(_, one, _) if written(one.name.decode) => add(one)
        case _ =>
      }
    }

    // Whether the name stands in the text, not only in the tree.
    private def stands(tree: RefTree): Boolean = tree.pos.isRange && {
      val start = tree match {
        case Ident(_) => tree.pos.start
        case _ => tree.pos.point
      }
      val name = tree.name.decode
      text.startsWith(name, start) || text.startsWith(s"`$name`", start)
    }

    private def isPackage(symbol: Symbol): Boolean =
      symbol != null && (symbol.hasPackageFlag || symbol.isPackageObject)

    private def add(symbol: Symbol): Unit =
      for (one <- if (symbol == null) Nil else symbol.alternatives) {
        val counts = one != NoSymbol && !one.hasPackageFlag && (one.isStatic || one.isClass)
        val file = if (counts) one.sourceFile else null
        if (file != null && file != unit.source.file) found += file.path
      }
  }
}
