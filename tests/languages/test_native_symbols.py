"""Symbols of the languages that compile to machine code: kind, name and documentation."""

from __future__ import annotations

import pytest

from scout_codebase.languages.analyse import analyse

C = """
/** Opens a file.
 *  @return a handle */
struct handle *open_it(const char *path);
int undocumented(void);
#define LIMIT 10
#define TWICE(x) ((x) + (x))
typedef struct { int a; } pair_t;
typedef enum { RED } colour_t;
union either { int i; };
static char **split(char *s) { return getenv("SPLIT"); }
"""
CPP = """
namespace demo {
/// A point
/// in the plane.
class API Point : public Base {
 public:
  Point() = default;
  int x() const { return x_; }
};
template <typename T> T Twice(T t) { return t + t; }
using Points = std::vector<Point>;
constexpr int kMost = 3;
}
bool demo::operator==(const Point &a, const Point &b) { return true; }
"""
RUST = """
//! The crate.

/// A point
/// in the plane.
#[derive(Debug)]
pub struct Point { x: i32 }
impl Point {
    /// Its length.
    pub fn len(&self) -> i32 { env!("LEN"); 0 }
}
pub trait Shape { fn area(&self) -> f64; }
enum Colour { Red }
type Pair = (i32, i32);
const LIMIT: usize = 3;
macro_rules! twice { ($x:expr) => { $x } }
"""
SWIFT = """
/// A point.
public struct Point: Shape {
    init(x: Int) {}
    func area() -> Double { 0 }
}
extension Point { enum Kind { case one } }
protocol Shape { func area() -> Double }
actor Store {}
typealias Pair = (Int, Int)
let limit = 3
func twice(_ x: Int) -> Int { let y = x; return y * 2 }
"""

CASES = [
    (
        "a.h",
        C,
        [
            ("function", "open_it", "Opens a file."),
            ("constant", "LIMIT", ""),
            ("function", "TWICE", ""),
            ("class", "pair_t", ""),
            ("enum", "colour_t", ""),
            ("class", "either", ""),
            ("function", "split", ""),
        ],
    ),
    (
        "a.cpp",
        CPP,
        [
            ("class", "Point", "A point in the plane."),
            ("method", "Point.x", ""),
            ("function", "Twice", ""),
            ("type", "Points", ""),
            ("constant", "kMost", ""),
            ("function", "demo::operator==", ""),
        ],
    ),
    (
        "a.rs",
        RUST,
        [
            ("class", "Point", "A point in the plane."),
            ("class", "Point", ""),
            ("method", "Point.len", "Its length."),
            ("interface", "Shape", ""),
            ("method", "Shape.area", ""),
            ("enum", "Colour", ""),
            ("type", "Pair", ""),
            ("constant", "LIMIT", ""),
            ("function", "twice", ""),
        ],
    ),
    (
        "a.swift",
        SWIFT,
        [
            ("class", "Point", "A point."),
            ("method", "Point.init", ""),
            ("method", "Point.area", ""),
            ("class", "Point", ""),
            ("enum", "Point.Kind", ""),
            ("interface", "Shape", ""),
            ("method", "Shape.area", ""),
            ("class", "Store", ""),
            ("type", "Pair", ""),
            ("constant", "limit", ""),
            ("function", "twice", ""),
        ],
    ),
]


@pytest.mark.parametrize(("path", "text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_symbols(path: str, text: str, expected: list[tuple[str, str, str]]) -> None:
    analysis = analyse(path, text)
    assert analysis is not None
    assert [(one.kind, one.name, one.docstring) for one in analysis.symbols] == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("int area(struct shape *s);\n/* class of\n shapes */", "c"),
        ('#ifdef __cplusplus\nextern "C" {\n#endif\nint class_of(int template);', "c"),
        ("namespace a {\n}", "cpp"),
        ("  template <class T>\nvoid f(T);", "cpp"),
        ("class Shape;\nint f(Shape *);", "cpp"),
        ("#import <Foundation/Foundation.h>\n@interface A : NSObject\n@end", "objectivec"),
    ],
)
def test_the_language_of_a_header(text: str, language: str) -> None:
    analysis = analyse("a.h", text)
    assert analysis is not None
    assert analysis.language == language
