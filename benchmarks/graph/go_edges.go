// Prints, one a line, "source<tab>target" for every two files of the packages on standard input
// (the output of go list -e -json) of which the first imports the package of the second, or uses
// what the second declares for their package. What go list ignores for its build tags counts too.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

type listed struct {
	Dir, ImportPath, Name                                       string
	ImportMap                                                   map[string]string
	GoFiles, CgoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles []string
}

// Imports nothing: what other packages declare is of no interest here.
type empty map[string]*types.Package

func (seen empty) Import(name string) (*types.Package, error) {
	if name == "C" {
		return nil, errors.New("no C here")
	}
	if seen[name] == nil {
		seen[name] = types.NewPackage(name, path.Base(name))
		seen[name].MarkComplete()
	}
	return seen[name], nil
}

func main() {
	packages := map[string]*listed{}
	decoder := json.NewDecoder(os.Stdin)
	for decoder.More() {
		one := &listed{}
		if err := decoder.Decode(one); err != nil {
			panic(err)
		}
		packages[one.ImportPath] = one
	}
	files := token.NewFileSet()
	parsed := map[string]*ast.File{}
	library := map[string][]string{}
	for _, one := range packages {
		for _, name := range join(one.GoFiles, one.CgoFiles, one.IgnoredGoFiles, one.TestGoFiles, one.XTestGoFiles) {
			full := filepath.Join(one.Dir, name)
			if file, _ := parser.ParseFile(files, full, nil, 0); file != nil {
				parsed[full] = file
			}
		}
		for _, name := range join(one.GoFiles, one.CgoFiles, one.IgnoredGoFiles) {
			full := filepath.Join(one.Dir, name)
			if file := parsed[full]; file != nil && file.Name.Name == one.Name && !strings.HasSuffix(name, "_test.go") {
				library[one.ImportPath] = append(library[one.ImportPath], full)
			}
		}
	}
	for _, one := range packages {
		imports(one, packages, parsed, library)
		uses(one, files, parsed, join(one.GoFiles, one.CgoFiles, one.TestGoFiles))
		uses(one, files, parsed, one.XTestGoFiles)
	}
}

func imports(one *listed, packages map[string]*listed, parsed map[string]*ast.File, library map[string][]string) {
	for _, name := range join(one.GoFiles, one.CgoFiles, one.IgnoredGoFiles, one.TestGoFiles, one.XTestGoFiles) {
		full := filepath.Join(one.Dir, name)
		if parsed[full] == nil {
			continue
		}
		for _, spec := range parsed[full].Imports {
			target, _ := strconv.Unquote(spec.Path.Value)
			if mapped := one.ImportMap[target]; mapped != "" {
				target = mapped
			}
			for _, other := range library[target] {
				fmt.Printf("%s\t%s\n", full, other)
			}
		}
	}
}

func uses(one *listed, files *token.FileSet, parsed map[string]*ast.File, names []string) {
	var sources []*ast.File
	for _, name := range names {
		if file := parsed[filepath.Join(one.Dir, name)]; file != nil {
			sources = append(sources, file)
		}
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := &types.Config{Importer: empty{}, FakeImportC: true, Error: func(error) {}}
	checked, _ := config.Check(one.ImportPath, files, sources, info)
	if checked == nil {
		return
	}
	for use, object := range info.Uses {
		if object.Parent() == checked.Scope() {
			source, target := files.Position(use.Pos()).Filename, files.Position(object.Pos()).Filename
			if source != target {
				fmt.Printf("%s\t%s\n", source, target)
			}
		}
	}
}

func join(lists ...[]string) (all []string) {
	for _, one := range lists {
		all = append(all, one...)
	}
	return all
}
