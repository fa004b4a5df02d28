package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"parley/internal/blob"
	"parley/internal/secret"
	"parley/store"
)

// Source is an install that is backed up. It may be in use.
type Source struct {
	DB         *store.DB
	Blobs      *blob.Store  // nil leaves the files out
	Keys       *secret.Keys // nil leaves the master key out
	WithoutKey bool         // names the master key, but leaves it out
	Program    string
	Now        func() time.Time
}

// chunkSize is how many bytes of rows are kept in memory for one entry.
const chunkSize = 4 << 20

// Write writes a backup of one committed moment of src to out. Files that rows
// name and that are not on disk are in the manifest's Missing, not an error.
func Write(ctx context.Context, src Source, out io.Writer) (Manifest, error) {
	schema, err := src.DB.Schema(ctx)
	if err != nil {
		return Manifest{}, err
	}
	zip, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
	if err != nil {
		return Manifest{}, err
	}
	w := &writer{ctx: ctx, tar: tar.NewWriter(zip), named: map[[sha256.Size]byte]bool{}, m: Manifest{
		Format: format, Program: src.Program, Schema: schema.Current, Database: src.DB.Name(), CreatedAt: src.Now().UTC(),
	}}
	if err := src.DB.Read(ctx, store.Scope{}, w.rows); err != nil {
		return w.m, fmt.Errorf("back up the rows: %w", err)
	}
	// Files are stored before the rows that name them are committed, and never
	// change: what the snapshot names is there, and what came later is harmless.
	if src.Blobs != nil {
		if err := w.files(src.Blobs); err != nil {
			return w.m, fmt.Errorf("back up the files: %w", err)
		}
	}
	if src.Keys != nil {
		w.m.KeyID = src.Keys.ID()
		if w.m.HasKey = !src.WithoutKey; w.m.HasKey {
			if err := w.chunk("master.key", []byte(src.Keys.Text()+"\n")); err != nil {
				return w.m, err
			}
		}
	}
	b, err := json.MarshalIndent(w.m, "", " ")
	if err != nil {
		return w.m, err
	}
	if err := w.entry("manifest.json", int64(len(b)), bytes.NewReader(b)); err != nil {
		return w.m, err
	}
	if err := w.tar.Close(); err != nil {
		return w.m, err
	}
	return w.m, zip.Close()
}

type writer struct {
	ctx   context.Context
	tar   *tar.Writer
	m     Manifest
	named map[[sha256.Size]byte]bool // the hashes of files that rows name
}

func (w *writer) rows(tx *store.Tx) error {
	tables, err := tx.Tables()
	if err != nil {
		return err
	}
	for _, t := range tables {
		n, err := w.table(tx, t)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		w.m.Tables = append(w.m.Tables, Count{t.Name, n})
	}
	return nil
}

func (w *writer) table(tx *store.Tx, t store.Table) (rows int64, err error) {
	var b bytes.Buffer
	encode := json.NewEncoder(&b)
	encode.SetEscapeHTML(false)
	number := 0
	flush := func() error {
		number++
		err := w.chunk(fmt.Sprintf("rows/%s/%06d.jsonl", t.Name, number), b.Bytes())
		b.Reset()
		return err
	}
	hash := slices.IndexFunc(t.Columns, func(c store.Column) bool { return c.Name == "hash" })
	err = tx.Rows(t, func(values []any) error {
		if b.Len() == 0 {
			if err := encode.Encode(header{t.Name, t.Columns}); err != nil {
				return err
			}
		}
		if hash >= 0 {
			w.name(values[hash])
		}
		for i, v := range values {
			switch x := v.(type) {
			case []byte:
				values[i] = base64.StdEncoding.EncodeToString(x)
			case string:
				if !utf8.ValidString(x) {
					values[i] = map[string]string{"base64": base64.StdEncoding.EncodeToString([]byte(x))}
				}
			}
		}
		if err := encode.Encode(values); err != nil {
			return err
		}
		rows++
		if b.Len() < chunkSize {
			return nil
		}
		return flush()
	})
	if err == nil && b.Len() > 0 {
		err = flush()
	}
	return rows, err
}

// name remembers a file that must be in the backup.
func (w *writer) name(v any) {
	s, _ := v.(string)
	var key [sha256.Size]byte
	if n, err := hex.Decode(key[:], []byte(s[:min(len(s), 2*sha256.Size)])); err == nil && n == len(key) {
		w.named[key] = true
	}
}

func (w *writer) files(blobs *blob.Store) error {
	err := blobs.Walk(w.ctx, func(hash string, size int64) error {
		f, err := blobs.Reader(hash)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := w.entry("files/"+hash, size, f); err != nil {
			return err
		}
		var key [sha256.Size]byte
		if _, err := hex.Decode(key[:], []byte(hash)); err == nil {
			delete(w.named, key)
		}
		w.m.Files++
		w.m.FileBytes += size
		return nil
	})
	for key := range w.named {
		w.m.Missing = append(w.m.Missing, hex.EncodeToString(key[:]))
	}
	slices.Sort(w.m.Missing)
	return err
}

func (w *writer) chunk(name string, b []byte) error {
	sum := sha256.Sum256(b)
	w.m.Chunks = append(w.m.Chunks, Chunk{name, hex.EncodeToString(sum[:])})
	return w.entry(name, int64(len(b)), bytes.NewReader(b))
}

func (w *writer) entry(name string, size int64, r io.Reader) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if err := w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: w.m.CreatedAt}); err != nil {
		return err
	}
	_, err := io.Copy(w.tar, r)
	return err
}
