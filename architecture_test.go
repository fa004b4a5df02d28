package parley_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "parley"

// imports says which of our packages each package may import; a key or a value
// may be a pattern. It is the architecture: change it on purpose.
var imports = map[string]string{
	"desk":                "", // and only the standard library
	"store":               "desk",
	"store/storetest":     "store",
	"channel":             "desk",
	"channel/*":           "desk channel internal/*",
	"channel/channeltest": "desk channel",
	"app":                 "desk store channel internal/*",
	"app/apptest":         "app desk store store/* channel effect internal/*",
	"effect":              "app desk store channel",
	"realtime":            "app desk store",
	"api":                 "app desk store channel channel/* realtime internal/*",
	"internal/*":          "internal/*", // machinery without an opinion on the product
	"web":                 "",
	"cmd/parley":          "*",
}

// clockless may read the clock: they hand it to the rest.
var clockless = []string{"cmd/parley"}

func TestImportsPointOneWay(t *testing.T) {
	each(t, func(file, from string, f *ast.File) {
		allowed, ok := imports[from]
		if !ok {
			allowed, ok = imports[path.Dir(from)+"/*"]
		}
		if !ok {
			t.Errorf("%s: package %s is not in the architecture", file, from)
			return
		}
		for _, spec := range f.Imports {
			to, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			ours, isOurs := strings.CutPrefix(to, module+"/")
			switch {
			case isOurs && !slices.ContainsFunc(strings.Fields(allowed), func(p string) bool {
				ok, err := path.Match(p, ours)
				return err == nil && (ok || p == "*")
			}):
				t.Errorf("%s: %s may not import %s", file, from, ours)
			case !isOurs && from == "desk" && strings.Contains(to, "."):
				t.Errorf("%s: the desk may import only the standard library, not %s", file, to)
			case to == "math/rand" || to == "math/rand/v2":
				t.Errorf("%s: take randomness from crypto/rand", file)
			}
		}
	})
}

// The one door, the one clock and the one way out.
func TestOneDoor(t *testing.T) {
	each(t, func(file, from string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, _ := sel.X.(*ast.Ident)
			switch {
			case pkg == nil:
			case pkg.Name == "time" && sel.Sel.Name == "Now" && !slices.Contains(clockless, from):
				t.Errorf("%s: take the clock that is handed over, not time.Now", file)
			case pkg.Name == "http" && slices.Contains([]string{"Get", "Post", "DefaultClient", "PostForm", "Head"}, sel.Sel.Name):
				t.Errorf("%s: go out through internal/safehttp, not http.%s", file, sel.Sel.Name)
			case pkg.Name == "context" && sel.Sel.Name == "Background" && from != "cmd/parley" && !strings.HasSuffix(from, "test"):
				t.Errorf("%s: pass on the context that was given", file)
			}
			if sel.Sel.Name == "Write" && from != "app" && from != "store" {
				if x, ok := sel.X.(*ast.SelectorExpr); ok && x.Sel.Name == "DB" {
					t.Errorf("%s: only package app writes", file)
				}
			}
			return true
		})
	})
}

// each parses every file of ours that is not a test. Files are read here, not by
// the go command, so that a stale result is never reused.
func each(t *testing.T, check func(file, from string, f *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "data" || strings.HasPrefix(d.Name(), ".") && file != ".") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		check(file, filepath.ToSlash(filepath.Dir(file)), f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
