package desk_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// ways are the words that a way out begins with: what to do instead. A new one is
// added when a refusal needs it.
var ways = strings.Fields(`Add Allow Archive Ask Assign Attach Begin Change Choose Close Connect Copy Correct Create Cut Do Draw Enter Give Go Hand
	Export Leave Let Look Make Mark Mention Move Name Open Pick Put Read Reduce Remove Reopen Resolve Reply Retry Say See Send Set Shorten Snooze Split Start Switch Take Tell
	Transfer Try Turn Unarchive Unblock Undo Unsnooze Use Wait Wake Write`)

var sentences = regexp.MustCompile(`[.;:] |, or |, then | before you `)

// noWayOut returns what is wrong with a refusal for the person who reads it, or "".
func noWayOut(message string) string {
	first := []rune(strings.TrimLeft(message, `"`))
	switch {
	case len(first) == 0:
		return "it says nothing"
	case !unicode.IsUpper(first[0]) && first[0] != '%' && !unicode.IsDigit(first[0]) && !strings.HasPrefix(message, `"`):
		return "it does not begin as a sentence does"
	case !strings.HasSuffix(message, "."):
		return "it does not end as a sentence does"
	case strings.Contains(message, "%!"):
		return "it has a hole"
	}
	for _, part := range sentences.Split(message, -1) {
		word, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		for _, way := range ways {
			if strings.EqualFold(strings.Trim(word, ".,"), way) {
				return ""
			}
		}
	}
	return "it does not say what to do instead"
}

// refusals returns every message of a refusal in the package's source, with where
// it stands.
func refusals(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	fset := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, lit := range messages(n) {
				text, err := strconv.Unquote(lit.Value)
				if err == nil && text != "%s" {
					found[fset.Position(lit.Pos()).String()] = text
				}
			}
			return true
		})
	}
	return found
}

// messages returns the texts of refusals that a node makes: the second argument
// of Errorf, the field Message of an Error, and what a variable message is set to.
func messages(n ast.Node) (all []*ast.BasicLit) {
	text := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			all = append(all, lit)
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		if name, ok := n.Fun.(*ast.Ident); ok && name.Name == "Errorf" && len(n.Args) > 1 {
			text(n.Args[1])
		}
	case *ast.CompositeLit:
		if name, ok := n.Type.(*ast.Ident); !ok || name.Name != "Error" {
			return nil
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok && kv.Key.(*ast.Ident).Name == "Message" {
				text(kv.Value)
			}
		}
	case *ast.AssignStmt:
		if name, ok := n.Lhs[0].(*ast.Ident); ok && name.Name == "message" {
			text(n.Rhs[0])
		}
	case *ast.FuncDecl:
		if n.Name.Name == "cannotUndo" {
			ast.Inspect(n, func(inner ast.Node) bool {
				if r, ok := inner.(*ast.ReturnStmt); ok {
					text(r.Results[0])
				}
				return true
			})
		}
	}
	return all
}

// Every refusal of the product is a sentence for a person and says what to do
// instead: those in the source here, those that are composed in TestRandomCommands.
func TestEveryRefusalHasAWayOut(t *testing.T) {
	all := refusals(t)
	if len(all) < 30 {
		t.Fatalf("only %d refusals were found: %v", len(all), all)
	}
	for where, message := range all {
		if why := noWayOut(message); why != "" {
			t.Errorf("%s: %q: %s", where, message, why)
		}
	}
	for _, bad := range []string{"", "no.", "This conversation is closed.", "Reopen it", "It has %!d(string=x). Reopen it."} {
		if noWayOut(bad) == "" {
			t.Errorf("%q passes for a refusal", bad)
		}
	}
}
