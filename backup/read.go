package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"parley/desk"
	"parley/store"
)

// sink is where the content of a backup goes; what is nil is only checked.
type sink struct {
	row  func(store.Table, []any) error
	file func(hash string, r io.Reader) error
	key  func(text string) error
}

// maxChunk bounds the memory for one entry that is no file: one row may be
// larger than a chunk, a mail of 25 MB for instance.
const maxChunk = 256 << 20

// read reads a backup to its end, hands its content out and compares all of it
// with the manifest. The error is for a person when the backup is bad. What was
// handed out before an error must be thrown away.
func read(ctx context.Context, in io.Reader, to sink) (Manifest, error) {
	zip, err := gzip.NewReader(bufio.NewReaderSize(in, 1<<20))
	if err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return Manifest{}, errCut
		}
		return Manifest{}, bad("This file is not a backup of Parley.")
	}
	r := &reader{ctx: ctx, to: to, rows: map[string]int64{}}
	entries := tar.NewReader(zip)
	for {
		if err := ctx.Err(); err != nil {
			return r.m, err
		}
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = r.entry(h, entries)
		}
		if err != nil {
			return r.m, explain(err)
		}
	}
	// The checksum of gzip is at the very end: nothing may follow the tar stream.
	if n, err := io.Copy(io.Discard, zip); err != nil || n > 0 {
		return r.m, explain(errors.Join(err, errDamaged))
	}
	return r.m, r.compare()
}

var errDamaged = bad("The backup is damaged: what it holds is not what was written. Take another copy of it, or an earlier backup.")

// explain says in a sentence what is wrong with a backup that cannot be read.
func explain(err error) error {
	var e *desk.Error
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errTarget):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errCut
	case errors.As(err, &e):
		return err
	}
	return bad("%s (%s)", errDamaged, err)
}

// errTarget marks errors of where the content goes, not of the backup.
var errTarget = errors.New("restore")

type reader struct {
	ctx   context.Context
	to    sink
	m     Manifest
	sums  []Chunk
	rows  map[string]int64
	files int64
	bytes int64
	ended bool
}

func (r *reader) entry(h *tar.Header, in io.Reader) error {
	if h.Typeflag != tar.TypeReg || r.ended {
		return errDamaged
	}
	if hash, ok := strings.CutPrefix(h.Name, "files/"); ok {
		return r.file(hash, in)
	}
	if h.Size > maxChunk {
		return errDamaged
	}
	b, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	if h.Name == "manifest.json" {
		r.ended = true
		if err := json.Unmarshal(b, &r.m); err != nil {
			return errDamaged
		}
		return nil
	}
	sum := sha256.Sum256(b)
	r.sums = append(r.sums, Chunk{h.Name, hex.EncodeToString(sum[:])})
	switch {
	case h.Name == "master.key":
		if r.to.key != nil {
			return target(r.to.key(strings.TrimSpace(string(b))))
		}
		return nil
	case strings.HasPrefix(h.Name, "rows/"):
		return r.chunk(b)
	}
	return errDamaged
}

func target(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errTarget, err)
}

// file checks that a file is what its name says.
func (r *reader) file(hash string, in io.Reader) error {
	h := sha256.New()
	counted := &counter{r: io.TeeReader(in, h)}
	if r.to.file != nil {
		if err := r.to.file(hash, counted); err != nil {
			if counted.err != nil {
				return counted.err // the backup broke off, not the target
			}
			return target(err)
		}
	}
	if _, err := io.Copy(io.Discard, counted); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != hash {
		return errDamaged
	}
	r.files++
	r.bytes += counted.n
	return nil
}

// counter counts what is read and remembers how reading failed.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

func (r *reader) chunk(b []byte) error {
	first, rest, _ := bytes.Cut(b, []byte("\n"))
	var h header
	if err := json.Unmarshal(first, &h); err != nil || h.Table == "" || len(h.Columns) == 0 {
		return errDamaged
	}
	for line := range bytes.Lines(rest) {
		r.rows[h.Table]++
		if r.to.row == nil {
			continue
		}
		values, err := decode(line, h.Columns)
		if err != nil {
			return fmt.Errorf("a row of %s: %w", h.Table, err)
		}
		if err := r.to.row(store.Table{Name: h.Table, Columns: h.Columns}, values); err != nil {
			return target(err)
		}
	}
	return nil
}

// decode reads a row: numbers without loss, and each value of its column's kind.
func decode(line []byte, columns []store.Column) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, err
	}
	if len(raw) != len(columns) {
		return nil, fmt.Errorf("it has %d values, not %d", len(raw), len(columns))
	}
	values := make([]any, len(raw))
	for i, text := range raw {
		if string(text) == "null" {
			continue
		}
		var err error
		switch columns[i].Kind {
		case store.ColumnInt:
			var n int64
			err = json.Unmarshal(text, &n)
			values[i] = n
		case store.ColumnBool:
			var is bool
			err = json.Unmarshal(text, &is)
			values[i] = is
		case store.ColumnText:
			values[i], err = decodeText(text)
		case store.ColumnData:
			var b []byte
			err = json.Unmarshal(text, &b)
			values[i] = b
		default:
			err = fmt.Errorf("a column of kind %q", columns[i].Kind)
		}
		if err != nil {
			return nil, err
		}
	}
	return values, nil
}

func decodeText(text json.RawMessage) (string, error) {
	if text[0] == '{' {
		var coded struct{ Base64 string }
		if err := json.Unmarshal(text, &coded); err != nil {
			return "", err
		}
		b, err := base64.StdEncoding.DecodeString(coded.Base64)
		return string(b), err
	}
	var s string
	err := json.Unmarshal(text, &s)
	return s, err
}

// compare holds what was read against the manifest.
func (r *reader) compare() error {
	if !r.ended {
		return errCut
	}
	if r.m.Format != format {
		return bad("The backup has format %d, and this Parley reads only %d. Use the Parley that wrote it (%s), or a newer one.", r.m.Format, format, r.m.Program)
	}
	if !slices.Equal(r.sums, r.m.Chunks) || r.files != r.m.Files || r.bytes != r.m.FileBytes {
		return errDamaged
	}
	for _, c := range r.m.Tables {
		if r.rows[c.Table] != c.Rows {
			return errDamaged
		}
	}
	return nil
}
