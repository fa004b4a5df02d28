package blob

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func put(t *testing.T, s *Store, text string) string {
	t.Helper()
	hash, _, err := s.Put(t.Context(), strings.NewReader(text), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// age makes a blob as old as if it had been put a week ago.
func age(t *testing.T, s *Store, hash string) {
	t.Helper()
	old := time.Now().Add(-7 * 24 * time.Hour)
	if err := os.Chtimes(s.path(hash), old, old); err != nil {
		t.Fatal(err)
	}
}

// What was put a short while ago stays, also when it was there for long before.
func TestRemoveLeavesWhatIsYoung(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	hash := put(t, s, "words")
	if gone, err := s.Remove(hash, yesterday); gone || err != nil {
		t.Errorf("a young one: %v, %v", gone, err)
	}
	age(t, s, hash)
	if again := put(t, s, "words"); again != hash {
		t.Fatalf("the same bytes are %s and %s", hash, again)
	}
	if gone, err := s.Remove(hash, yesterday); gone || err != nil {
		t.Errorf("one that was put again: %v, %v", gone, err)
	}
	age(t, s, hash)
	for range 2 { // also when it has gone already
		if gone, err := s.Remove(hash, yesterday); !gone || err != nil {
			t.Errorf("an old one: %v, %v", gone, err)
		}
	}
	if _, err := s.Reader(hash); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	if left, err := os.ReadDir(s.dir + "/new"); err != nil || len(left) > 0 {
		t.Errorf("%d files are left behind, %v", len(left), err)
	}
}

// However putting and removing the same bytes meet, whoever has put them finds them.
func TestRemoveAndPutAtOnce(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		hash := put(t, s, "words")
		age(t, s, hash)
		since := time.Now().Add(-time.Hour)
		var both sync.WaitGroup
		both.Go(func() {
			if _, err := s.Remove(hash, since); err != nil {
				t.Error(err)
			}
		})
		both.Go(func() { put(t, s, "words") })
		both.Wait()
		if b, err := s.ReadAll(t.Context(), hash); err != nil || string(b) != "words" {
			t.Fatalf("what was put is %q, %v", b, err)
		}
	}
}
