package richtext

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"parley/internal/mailtest"
)

// TestSanitiseExamples runs published attacks, which must all become harmless.
// How much of the harmless input survives as another sanitiser leaves it is told,
// not required: the lists of what is allowed differ.
func TestSanitiseExamples(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		dir = filepath.Dir(dir)
		if _, err := os.Stat(filepath.Join(dir, "shared", "examples", "sanitize")); err == nil {
			break
		}
	}
	for set, least := range map[string]int{"DOMPurify": 223, "bluemonday": 548, "sanitize-html": 196, "big-list-of-naughty-strings": 515} {
		t.Run(set, func(t *testing.T) {
			f, err := os.Open(filepath.Join(dir, "shared", "examples", "sanitize", set, "cases.jsonl"))
			if err != nil {
				t.Skipf("../shared/examples/sanitize/%s is not there", set)
			}
			defer f.Close()
			all, safe, same := 0, 0, 0
			s := bufio.NewScanner(f)
			s.Buffer(nil, 16<<20)
			for s.Scan() {
				var c struct {
					ID, Input string
					Expect    struct {
						Peer string `json:"peer_output"`
					}
				}
				if err := json.Unmarshal(s.Bytes(), &c); err != nil {
					t.Fatal(err)
				}
				all++
				if err := check(c.Input); err != nil {
					t.Errorf("%s: %s", c.ID, err)
					continue
				}
				if html, err := FromMarkdown(c.Input); err != nil || mailtest.Dangers(html) != nil {
					t.Errorf("%s as Markdown: %v %v", c.ID, mailtest.Dangers(html), err)
					continue
				}
				safe++
				if Sanitise(c.Input) == c.Expect.Peer {
					same++
				}
			}
			if err := s.Err(); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %d of %d are harmless, %d look as the other sanitiser leaves them", set, safe, all, same)
			if safe < least {
				t.Errorf("%d are harmless, it was %d", safe, least)
			}
		})
	}
}
