// Package mbox reads the mails of an mbox file one after the other, in whichever of
// its forms it was written (RFC 4155; mboxo, mboxrd, mboxcl, mboxcl2).
package mbox

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
)

// ErrTooLarge says that a mail has more bytes than is read of one; the next can be.
var ErrTooLarge = errors.New("the mail is larger than what is read")

// begins is the line before a mail: From, a sender and a time. A line of a mail that
// begins with From has none.
var begins = regexp.MustCompile(`^From \S+.*\d{1,2}:\d{2}`)

// Reader reads mails from a file. It keeps one mail in memory at a time.
type Reader struct {
	file   io.ReaderAt
	size   int64
	most   int
	lines  *bufio.Reader
	at     int64 // of the next line
	inside bool  // the line before the next mail was read
}

// New returns a reader of a file of so many bytes; of each mail at most most bytes
// are read.
func New(file io.ReaderAt, size int64, most int) *Reader {
	r := &Reader{file: file, size: size, most: most}
	r.seek(0)
	return r
}

// At returns how many bytes are read.
func (r *Reader) At() int64 { return r.at }

func (r *Reader) seek(at int64) {
	r.at = at
	r.lines = bufio.NewReaderSize(io.NewSectionReader(r.file, at, r.size-at), 64<<10)
}

// Next returns the next mail, its lines as they were before they were kept. The error
// is io.EOF after the last one, or ErrTooLarge.
func (r *Reader) Next() ([]byte, error) {
	for !r.inside {
		line, err := r.line()
		if err != nil {
			return nil, err
		}
		r.inside = begins.Match(line)
	}
	r.inside = false
	var mail []byte
	head, blank, large, length := true, false, false, int64(-1)
	for {
		if head && len(mail) > 0 && blank {
			head = false
			if end := r.at + length; length >= 0 && r.endsAt(end) {
				return r.counted(mail, end)
			}
		}
		line, err := r.line()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		// A mail follows an empty line; also where somebody forgot that line, a header follows.
		if begins.Match(line) && (blank || len(mail) == 0) {
			r.inside = true
			break
		}
		if n, ok := contentLength(line); head && ok {
			length = n
		}
		blank = len(bytes.TrimRight(line, "\r\n")) == 0
		if !large {
			mail = append(mail, unescaped(line)...)
		}
		if large = large || len(mail) > r.most; large {
			mail = nil
		}
		if large {
			head = false
		}
	}
	if large {
		return nil, ErrTooLarge
	}
	// The empty line between two mails belongs to neither.
	if trimmed, ok := bytes.CutSuffix(mail, []byte("\r\n\r\n")); ok {
		mail = append(trimmed, "\r\n"...)
	} else if trimmed, ok := bytes.CutSuffix(mail, []byte("\n\n")); ok && !head {
		mail = append(trimmed, '\n')
	}
	return mail, nil
}

// line returns the next line with its end. A line without an end is cut in pieces.
func (r *Reader) line() ([]byte, error) {
	line, err := r.lines.ReadSlice('\n')
	r.at += int64(len(line))
	if len(line) > 0 && (err == nil || errors.Is(err, bufio.ErrBufferFull) || errors.Is(err, io.EOF)) {
		return line, nil
	}
	return nil, err
}

// endsAt reports whether a mail ends at a place: the file does, or another begins.
func (r *Reader) endsAt(at int64) bool {
	if at > r.size {
		return false
	}
	next := make([]byte, min(256, r.size-at))
	if _, err := r.file.ReadAt(next, at); err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	next = bytes.TrimLeft(next, "\r\n")
	return len(next) == 0 && r.size-at < 256 || begins.Match(next)
}

// counted returns a mail whose header says how long it is (mboxcl2): nothing in it is
// escaped.
func (r *Reader) counted(head []byte, end int64) ([]byte, error) {
	from := r.at
	r.seek(end)
	if end-from > int64(r.most-len(head)) {
		return nil, ErrTooLarge
	}
	body := make([]byte, end-from)
	if _, err := r.file.ReadAt(body, from); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return append(head, body...), nil
}

// unescaped is a line without the sign that kept it from being taken for the line
// before a mail (mboxo and mboxrd).
func unescaped(line []byte) []byte {
	if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) && line[0] == '>' {
		return line[1:]
	}
	return line
}

func contentLength(line []byte) (int64, bool) {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || !bytes.EqualFold(name, []byte("Content-Length")) {
		return 0, false
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64)
	return n, err == nil && n >= 0
}
