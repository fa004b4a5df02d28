// Package architecture_test is the map of the program, executable: which package
// may import which, who may write, and what nobody may do. A change of a table
// here is a change of the architecture: make it on purpose.
package architecture_test

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

// imports says which of our packages each package may import. Keys and values
// may be patterns; an exact key goes before a pattern.
var imports = map[string]string{
	"desk":                 "", // and only the standard library
	"filter":               "desk",
	"filter/filtertest":    "desk filter",
	"search":               "",
	"store":                "desk filter search",
	"store/migration":      "",
	"store/storetest":      "store desk",
	"app":                  "desk filter store channel internal/*",
	"app/apptest":          "app desk store store/storetest channel effect responder internal/*",
	"backup":               "desk store internal/*",
	"ledger":               "desk store internal/*",
	"metric":               "app channel realtime store",
	"doctor":               "ledger store internal/*",
	"effect":               "desk channel app store responder internal/webpush",
	"responder":            "desk",
	"realtime":             "desk app filter store",
	"channel":              "desk",
	"channel/*":            "desk channel internal/*",
	"channel/all":          "channel channel/* internal/*",
	"channel/channeltest":  "desk channel",
	"api":                  "desk app filter search store channel channel/* realtime internal/* web",
	"api/apitest":          "api app desk store/storetest channel channel/* effect realtime responder internal/*",
	"internal/*":           "",
	"internal/oauth":       "internal/safehttp", // to know when an address was refused
	"internal/mailtest":    "",                  // serves tests
	"internal/mailtest/*":  "channel channel/email internal/*",
	"internal/oauthtest/*": "internal/*",
	"cmd/parley":           "*",
	"demo":                 "desk app store channel channel/*",
	"bench":                "", // it measures from outside
	"web":                  "",
}

// vague are names that say nothing about what a package is for.
var vague = strings.Fields("util utils common helper helpers model models type types manager service services core base shared misc lib")

// allowed are the exceptions to the rules of words, by rule and folder, each
// with its reason.
var allowed = map[string][]string{
	"clock":      {"cmd/parley", "bench", "api/apitest", "internal/mailtest/score", "internal/oauthtest", "internal/oauthtest/serve"},             // where the clock is handed in; what measures time; clients that wait
	"http":       {"internal/safehttp", "bench"},                                                                                                  // the one client; what loads the program
	"background": {"cmd/parley", "bench", "store/storetest", "app/apptest", "api/apitest", "internal/mailtest/score", "internal/oauthtest/serve"}, // where contexts begin; cleaning up after a test
	"write":      {"app", "store", "store/storetest"},                                                                                             // the only writer, and what it writes with
	"globals":    {},
	"programs":   {"bench"}, // it starts the one it measures
}

// words are what code outside the allowed folders must not say, by rule.
var words = map[string][]string{
	"clock":      {"time.Now", "time.Since", "time.Until"},
	"http":       {"http.DefaultClient", "http.DefaultTransport", "http.Get", "http.Head", "http.Post", "http.PostForm", "http.Client{}", "http.Transport{}"},
	"background": {"context.Background", "context.TODO"},
	"write":      {"store.WriteTx"}, // the type of every function that writes
	"globals":    {"func init"},
	"programs":   {"exec.Command", "exec.CommandContext", "os.StartProcess", "syscall.Exec", "syscall.ForkExec"}, // nothing that arrives may start one
}

// file is a Go file of ours that is not a test.
type file struct {
	name, folder string
	ast          *ast.File
	fset         *token.FileSet
}

// sources returns every such file. They are read here and not by running the go
// command, so that go test knows what this test depends on.
func sources(t *testing.T) (all []file) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() == "test-results" || strings.HasPrefix(d.Name(), ".") && name != ".") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		all = append(all, file{filepath.ToSlash(name), path.Dir(filepath.ToSlash(name)), tree, fset})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no Go files were found")
	}
	return all
}

func TestImportsPointOneWay(t *testing.T) {
	for _, f := range sources(t) {
		may, ok := imports[f.folder]
		if !ok {
			may, ok = imports[path.Dir(f.folder)+"/*"]
		}
		if !ok {
			t.Errorf("%s: package %s is not in the architecture", f.name, f.folder)
			continue
		}
		for _, spec := range f.ast.Imports {
			to, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if ours, ok := strings.CutPrefix(to, module+"/"); ok && !matches(may, ours) {
				t.Errorf("%s: %s may not import %s", f.name, f.folder, ours)
			} else if !ok && f.folder == "desk" && strings.Contains(to, ".") {
				t.Errorf("%s: the desk imports only the standard library, not %s", f.name, to)
			}
		}
	}
}

func matches(patterns, name string) bool {
	return slices.ContainsFunc(strings.Fields(patterns), func(p string) bool {
		ok, err := path.Match(p, name)
		return err == nil && ok || p == "*"
	})
}

// Test packages serve tests only: nothing that runs imports them.
func TestProgramsHoldNoTests(t *testing.T) {
	for _, f := range sources(t) {
		if strings.HasSuffix(f.folder, "test") || strings.Contains(f.folder, "test/") {
			continue
		}
		for _, spec := range f.ast.Imports {
			if to, err := strconv.Unquote(spec.Path.Value); err != nil || to == "testing" || strings.HasPrefix(to, module+"/") && strings.HasSuffix(to, "test") {
				t.Errorf("%s: imports %s", f.name, spec.Path.Value)
			}
		}
	}
}

func TestPackagesAreNamedAfterTheirSubject(t *testing.T) {
	for _, f := range sources(t) {
		if slices.Contains(vague, f.ast.Name.Name) || slices.Contains(vague, path.Base(f.folder)) {
			t.Errorf("%s: the name %s says nothing", f.name, f.ast.Name.Name)
		}
	}
}

// Only app writes; only safehttp makes HTTP clients (SSRF); only cmd looks at the
// clock and begins contexts; nothing happens by being imported.
func TestWhatCodeMustNotSay(t *testing.T) {
	for _, f := range sources(t) {
		for _, said := range say(f.ast) {
			for rule, forbidden := range words {
				if slices.Contains(forbidden, said.word) && !slices.Contains(allowed[rule], f.folder) {
					t.Errorf("%s: %s is not for %s (%s)", f.fset.Position(said.at), said.word, f.folder, rule)
				}
			}
		}
	}
}

type saying struct {
	word string
	at   token.Pos
}

// say returns what a file says, as far as words knows how to forbid it: uses of
// a package's names, literals of its types, functions called init.
func say(tree *ast.File) (all []saying) {
	local := map[string]string{} // what a package is called in this file, if not by its own name
	for _, spec := range tree.Imports {
		if to, err := strconv.Unquote(spec.Path.Value); err == nil && spec.Name != nil {
			local[spec.Name.Name] = path.Base(to)
		}
	}
	name := func(e ast.Expr) string {
		s, ok := e.(*ast.SelectorExpr)
		if !ok {
			return ""
		}
		pkg, ok := s.X.(*ast.Ident)
		if !ok {
			return ""
		}
		if own, ok := local[pkg.Name]; ok {
			return own + "." + s.Sel.Name
		}
		return pkg.Name + "." + s.Sel.Name
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			all = append(all, saying{name(n), n.Pos()})
		case *ast.CompositeLit:
			all = append(all, saying{name(n.Type) + "{}", n.Pos()})
		case *ast.FuncDecl:
			all = append(all, saying{"func " + n.Name.Name, n.Pos()})
		}
		return true
	})
	return all
}

// The rules of words find what they forbid; else they would pass by being blind.
func TestTheRulesSee(t *testing.T) {
	const bad = `package x
import (
	web "net/http"
	"context"
	"time"
)
func init() {}
func f() {
	_ = web.DefaultClient
	c := &web.Client{Timeout: time.Until(time.Now())}
	_ = db.Write(context.Background(), scope, func(tx *store.WriteTx) error { return nil })
}`
	tree, err := parser.ParseFile(token.NewFileSet(), "x.go", bad, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, s := range say(tree) {
		said = append(said, s.word)
	}
	for _, w := range []string{"func init", "http.DefaultClient", "http.Client{}", "time.Until", "time.Now", "context.Background", "store.WriteTx"} {
		if !slices.Contains(said, w) {
			t.Errorf("%s is not seen", w)
		}
	}
	if !matches("desk channel/*", "channel/email") || matches("desk channel/*", "store") || matches("", "desk") {
		t.Error("patterns are not matched")
	}
}
