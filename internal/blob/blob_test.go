package blob

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// helloHash is the SHA-256 of "hello", by sha256sum.
const helloHash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// files returns how many blobs and how many unfinished ones there are.
func files(t testing.TB, s *Store) (kept, unfinished int) {
	t.Helper()
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if filepath.Base(filepath.Dir(path)) == "new" {
				unfinished++
			} else {
				kept++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept, unfinished
}

func TestPutAndRead(t *testing.T) {
	s := open(t)
	for range 2 { // the same bytes are one blob
		hash, size, err := s.Put(t.Context(), strings.NewReader("hello"), 5)
		if err != nil || hash != helloHash || size != 5 {
			t.Fatalf("%q, %d, %v", hash, size, err)
		}
	}
	if kept, unfinished := files(t, s); kept != 1 || unfinished != 0 {
		t.Errorf("%d files and %d unfinished", kept, unfinished)
	}
	info, err := os.Stat(filepath.Join(s.dir, "2c", "f2", helloHash))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("not where it belongs, or open to others: %v, %v", info, err)
	}
	if b, err := s.ReadAll(t.Context(), helloHash); err != nil || string(b) != "hello" {
		t.Errorf("%q, %v", b, err)
	}
	f, err := s.Reader(helloHash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); err != nil || string(b) != "hello" {
		t.Errorf("%q, %v", b, err)
	}
	if _, _, err := s.Put(t.Context(), strings.NewReader(""), 0); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}

// What is too large, breaks off or is cancelled leaves nothing behind.
func TestPutFails(t *testing.T) {
	s := open(t)
	broken := errors.New("broken")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx  context.Context
		r    io.Reader
		want error
	}{
		{t.Context(), strings.NewReader("hello!"), ErrTooLarge},
		{t.Context(), io.MultiReader(strings.NewReader("he"), failing{broken}), broken},
		{cancelled, strings.NewReader("hello"), context.Canceled},
	} {
		if hash, _, err := s.Put(c.ctx, c.r, 5); !errors.Is(err, c.want) || hash != "" {
			t.Errorf("%q, %v; want %v", hash, err, c.want)
		}
	}
	if kept, unfinished := files(t, s); kept+unfinished != 0 {
		t.Errorf("%d files and %d unfinished are left", kept, unfinished)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Damage is noticed; storing the bytes again mends a file that was cut.
func TestDamage(t *testing.T) {
	s := open(t)
	if _, _, err := s.Put(t.Context(), strings.NewReader("hello"), 5); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.path(helloHash), []byte("hel"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ReadAll(t.Context(), helloHash); !errors.Is(err, ErrDamaged) {
		t.Errorf("a cut file: %v", err)
	}
	if _, _, err := s.Put(t.Context(), strings.NewReader("hello"), 5); err != nil {
		t.Fatal(err)
	}
	if b, err := s.ReadAll(t.Context(), helloHash); err != nil || string(b) != "hello" {
		t.Errorf("not mended: %q, %v", b, err)
	}
}

// A hash from outside never leads out of the folder.
func TestWhatIsNoHash(t *testing.T) {
	s := open(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(s.dir), "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{"", "..", "../secret", "../../secret", strings.ToUpper(helloHash), helloHash[:63], helloHash, strings.Repeat("../", 21) + "x"} {
		if _, err := s.Reader(hash); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", hash, err)
		}
		if _, err := s.ReadAll(t.Context(), hash); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", hash, err)
		}
	}
}

func TestPutBesideOthers(t *testing.T) {
	s := open(t)
	data := bytes.Repeat([]byte("parley"), 10_000)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			hash, _, err := s.Put(t.Context(), bytes.NewReader(data[i%2:]), 1<<20)
			if err != nil {
				t.Error(err)
				return
			}
			if b, err := s.ReadAll(t.Context(), hash); err != nil || !bytes.Equal(b, data[i%2:]) {
				t.Errorf("read %d bytes, %v", len(b), err)
			}
		})
	}
	wg.Wait()
	if kept, unfinished := files(t, s); kept != 2 || unfinished != 0 {
		t.Errorf("%d files and %d unfinished", kept, unfinished)
	}
}

func TestTypes(t *testing.T) {
	picture := image.NewPaletted(image.Rect(0, 0, 7, 5), color.Palette{image.Black, image.White})
	var asPNG, asJPEG, asGIF bytes.Buffer
	for _, err := range []error{png.Encode(&asPNG, picture), jpeg.Encode(&asJPEG, picture, nil), gif.Encode(&asGIF, picture, nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, data, want string
		inline           bool
		width            int
	}{
		{"PNG", asPNG.String(), "image/png", true, 7},
		{"JPEG", asJPEG.String(), "image/jpeg", true, 7},
		{"GIF", asGIF.String(), "image/gif", true, 7},
		{"half a PNG header", asPNG.String()[:12], "image/png", true, 0},
		{"WebP", "RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp", true, 0},
		{"a page", "<!DOCTYPE html><script>alert(1)</script>", "text/plain; charset=utf-8", false, 0},
		{"a page after white space", " \n<HTML><body>", "text/plain; charset=utf-8", false, 0},
		{"SVG", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "text/plain; charset=utf-8", false, 0},
		{"SVG as XML", `<?xml version="1.0"?><svg onload="alert(1)"/>`, "text/plain; charset=utf-8", false, 0},
		{"PDF", "%PDF-1.7\n", "application/pdf", false, 0},
		{"text", "Guten Tag", "text/plain; charset=utf-8", false, 0},
		{"nothing", "", "text/plain; charset=utf-8", false, 0},
		{"anything", "\x00\x01\x02\x03", "application/octet-stream", false, 0},
	} {
		got := Sniff([]byte(c.data))
		if got != c.want || InlineSafe(got) != c.inline {
			t.Errorf("%s is %q, in place %v", c.name, got, InlineSafe(got))
		}
		if w, h := ImageSize([]byte(c.data)); w != c.width || h != c.width*5/7 {
			t.Errorf("%s is %d × %d", c.name, w, h)
		}
	}
	for _, never := range []string{"image/svg+xml", "text/html", "application/pdf", "image/png; charset=utf-8", "IMAGE/PNG", ""} {
		if InlineSafe(never) {
			t.Errorf("%q may be shown in place", never)
		}
	}
}

func FuzzImageSize(f *testing.F) {
	f.Add([]byte("GIF89a\x07\x00\x05\x00"))
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte("\xff\xd8\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if w, h := ImageSize(data); w < 0 || h < 0 {
			t.Errorf("%d × %d", w, h)
		}
		if got := Sniff(data); strings.Contains(got, "html") || strings.Contains(got, "xml") || strings.Contains(got, "svg") {
			t.Errorf("sniffed %q", got)
		}
	})
}
