package architecture_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asvs is where the points of the standard are, if they are.
const asvs = "../shared/examples/conformance/asvs"

var (
	testName   = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w*`)
	testFunc   = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w*)\(`)
	pointRow   = regexp.MustCompile(`(?m)^\| (V\d+\.\d+\.\d+) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$`)
	ownSection = regexp.MustCompile(`\(#([a-z-]+)\)`)
)

// The document on security names tests that exist and sections that are there,
// answers every point once, and counts rightly.
func TestSecurityDocument(t *testing.T) {
	b, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	known := tests(t)
	for _, name := range testName.FindAllString(doc, -1) {
		if !known[name] {
			t.Errorf("there is no %s", name)
		}
	}
	for _, m := range ownSection.FindAllStringSubmatch(doc, -1) {
		if !strings.Contains(strings.ToLower(doc), "### "+strings.ReplaceAll(m[1], "-", " ")+"\n") {
			t.Errorf("there is no section %s", m[1])
		}
	}
	answers, count := map[string]bool{}, map[string]int{}
	for _, m := range pointRow.FindAllStringSubmatch(doc, -1) {
		if answers[m[1]] {
			t.Errorf("%s is answered twice", m[1])
		}
		answers[m[1]] = true
		count[m[2]]++
		if strings.TrimSpace(m[3]) == "" {
			t.Errorf("%s says nothing", m[1])
		}
	}
	want := fmt.Sprintf("Of %d points %d are met, %d do not apply, and %d are open.", len(answers), count["met"], count["n/a"], count["open"])
	if !strings.Contains(doc, want) || count["met"]+count["n/a"]+count["open"] != len(answers) {
		t.Errorf("it is not so: %s", want)
	}
	t.Run("every point", func(t *testing.T) { everyPoint(t, answers) })
}

// everyPoint checks that each point of levels 1 and 2 is answered, and no other.
func everyPoint(t *testing.T, answers map[string]bool) {
	f, err := os.Open(filepath.Join(asvs, "cases.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the points are not there: " + asvs)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	points := 0
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var p struct{ ID, Level string }
		if err := json.Unmarshal(s.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		number := p.ID[strings.LastIndex(p.ID, "/")+1:]
		if p.Level != "1" && p.Level != "2" {
			if answers[number] {
				t.Errorf("%s is of level %s", number, p.Level)
			}
			continue
		}
		points++
		if !answers[number] {
			t.Errorf("%s is not answered", number)
		}
	}
	if s.Err() != nil || points == 0 || points != len(answers) {
		t.Errorf("%d points, %d answers (%v)", points, len(answers), s.Err())
	}
}

// tests returns the names of all tests and fuzz targets.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "test-results" || strings.HasPrefix(d.Name(), ".") && name != ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		b, err := os.ReadFile(name)
		for _, m := range testFunc.FindAllStringSubmatch(string(b), -1) {
			names[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
