package mail

import (
	"bufio"
	"bytes"
	"errors"
	"net/textproto"
	"strings"

	"github.com/jhillyerd/enmime/v2"
	"github.com/jhillyerd/enmime/v2/mediatype"
)

// What a mail may cost. Real mails are far below; one above is unreadable, and
// kept as the bytes it came as.
const (
	maxParts  = 1000    // of one mail
	maxNested = 50      // multiparts in each other
	maxHeader = 1 << 20 // bytes of the header of a mail or part: what follows is its body
	maxTyped  = 8 << 10 // bytes of a header with parameters that are read
	maxLooks  = 10e6    // lines that begin as a boundary does
)

var (
	errManyParts  = errors.New("it has too many parts")
	errDeepParts  = errors.New("it is nested too deeply")
	errLines      = errors.New("too many of its lines look like boundaries")
	errNoBoundary = errors.New("there is no boundary")
)

// part is a node of a mail's tree. Its body is a piece of the mail as it came, so
// that a tree costs nothing beside it.
type part struct {
	header      textproto.MIMEHeader
	mtype       string // lower case, without parameters; "" if none is given
	params      map[string]string
	disposition string
	name        string // as its sender gave it, decoded
	contentID   string // without brackets
	body        []byte // as it came, encoded; nil if it has children
	parent      *part
	children    []*part
}

// split reads a mail into its parts, in time linear in its size: every line is
// looked at once, and only one that begins with two dashes more closely.
func split(raw []byte) (*part, error) {
	s := splitter{raw: raw, level: map[string]int{}}
	root, _, err := s.part(0, nil, "text/plain")
	if s.looks > maxLooks {
		return nil, errLines
	}
	return root, err
}

type splitter struct {
	raw   []byte
	level map[string]int // of each boundary that is open, from 1
	parts int
	looks int
}

// part reads what begins at a place. It returns where it ends, before the line of
// the boundary that ends it.
func (s *splitter) part(at int, parent *part, unsaid string) (*part, int, error) {
	if s.parts++; s.parts > maxParts {
		return nil, 0, errManyParts
	}
	p, at := s.head(at, parent, unsaid)
	if !strings.HasPrefix(p.mtype, "multipart/") {
		end := s.next(at).at
		p.body = s.body(at, end)
		return p, end, nil
	}
	end, err := s.children(p, p.params["boundary"], at)
	if errors.Is(err, errNoBoundary) { // not the one it names: perhaps the one it has
		last := s.next(at).at
		if end, err = s.children(p, guess(s.raw[at:last]), at); errors.Is(err, errNoBoundary) {
			p.body = s.body(at, last)
			return p, last, nil
		}
	}
	return p, end, err
}

// head reads a header; without a type a part is of type unsaid. It returns where the body begins.
func (s *splitter) head(at int, parent *part, unsaid string) (*part, int) {
	end := min(s.within(at, at+maxHeader).at, at+maxHeader) // the part may end before its header does
	header, body := cutHeader(s.raw[at:min(end, len(s.raw))])
	p := &part{parent: parent, header: readHeader(header), mtype: unsaid}
	mtype, params, _, err := mediatype.Parse(clip(p.header.Get("Content-Type"), maxTyped))
	if err == nil && mtype != "" {
		p.mtype, p.params = strings.ToLower(mtype), params
	}
	disposition, given, _, err := mediatype.Parse(clip(p.header.Get("Content-Disposition"), maxTyped))
	if err == nil {
		p.disposition = strings.ToLower(disposition)
	}
	for _, name := range []string{given["filename"], p.params["name"], p.params["file"]} {
		if p.name == "" {
			p.name = decodeWords(clip(name, maxTyped))
		}
	}
	p.contentID = headerClean(strings.Trim(p.header.Get("Content-Id"), "<> "))
	return p, at + body
}

// children reads the parts of a multipart whose body begins at a place.
func (s *splitter) children(p *part, boundary string, at int) (int, error) {
	if boundary == "" {
		return 0, errNoBoundary
	}
	if len(s.level) >= maxNested {
		return 0, errDeepParts
	}
	outer, hidden := s.level[boundary]
	mine := len(s.level) + 1
	if hidden {
		mine = outer // a boundary used twice is that of the innermost
	}
	s.level[boundary] = mine
	defer func() {
		if !hidden {
			delete(s.level, boundary)
		}
	}()
	unsaid := ""
	if p.mtype == "multipart/digest" {
		unsaid = "message/rfc822"
	}
	b := s.next(at)
	if b.level != mine {
		return 0, errNoBoundary
	}
	for b.level == mine {
		if b.closes && hidden {
			return b.after, nil
		}
		if b.closes { // what follows is nobody's, but for parts that come nevertheless
			b = s.next(b.after)
			continue
		}
		c, end, err := s.part(b.after, p, unsaid)
		if err != nil {
			return 0, err
		}
		if len(c.header) > 0 || len(c.body) > 0 || len(c.children) > 0 {
			p.children = append(p.children, c)
		}
		b = s.next(end)
	}
	return b.at, nil
}

// line is a line that ends a part.
type line struct {
	at, after int // where it begins, and what follows it
	level     int // of its boundary; 0 is the end of the mail
	closes    bool
}

// next returns the first line from a place on that is an open boundary.
func (s *splitter) next(at int) line { return s.within(at, len(s.raw)) }

// within is next for lines that begin before another place.
func (s *splitter) within(at, until int) line {
	until = min(until, len(s.raw))
	for len(s.level) > 0 && at < until && s.looks <= maxLooks {
		if at > 0 && s.raw[at-1] != '\n' || !bytes.HasPrefix(s.raw[at:], []byte("--")) {
			i := bytes.Index(s.raw[at:until], []byte("\n--"))
			if i < 0 {
				break
			}
			at += i + 1
		}
		s.looks++
		end, after := len(s.raw), len(s.raw)
		if i := bytes.IndexByte(s.raw[at:], '\n'); i >= 0 {
			end, after = at+i, at+i+1
		}
		if end-at < 300 { // a boundary has 70 characters
			text := bytes.TrimRight(s.raw[at+2:end], " \t\r")
			if level := s.level[string(text)]; level > 0 {
				return line{at, after, level, false}
			}
			if i := bytes.LastIndex(text, []byte("--")); i > 0 { // some write on behind the end
				if level := s.level[string(text[:i])]; level > 0 {
					return line{at, after, level, true}
				}
			}
		}
		at = after
	}
	return line{at: len(s.raw), after: len(s.raw)}
}

// guess returns the boundary of a multipart that names none, or another than it
// uses: what its first line that looks like one says.
func guess(body []byte) string {
	for l := range bytes.Lines(body[:min(len(body), 64<<10)]) {
		if text, ok := bytes.CutPrefix(l, []byte("--")); ok {
			text = bytes.TrimRight(text, " \t\r\n")
			if len(text) > 0 && len(text) <= 200 && len(bytes.Trim(text, "-")) > 0 && !bytes.HasSuffix(text, []byte("--")) {
				return string(text)
			}
		}
	}
	return ""
}

// cutHeader returns a header and where the body below it begins.
func cutHeader(raw []byte) (header []byte, body int) {
	for at := 0; at < len(raw); {
		end := len(raw)
		if i := bytes.IndexByte(raw[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if len(bytes.TrimRight(raw[at:end], "\r\n")) == 0 {
			return raw[:at], end
		}
		at = end
	}
	return raw, len(raw)
}

// readHeader reads a header, also one that breaks the rules.
func readHeader(raw []byte) textproto.MIMEHeader {
	if len(raw) == 0 {
		return textproto.MIMEHeader{}
	}
	h, err := enmime.ReadHeader(bufio.NewReader(bytes.NewReader(append(bytes.Clone(raw), "\r\n"...))), forgiving{})
	if err != nil && len(h) == 0 {
		return textproto.MIMEHeader{}
	}
	return h
}

// forgiving takes the remarks that the library makes on headers.
type forgiving struct{}

func (forgiving) AddError(string, string, ...any)   {}
func (forgiving) AddWarning(string, string, ...any) {}

// body returns what is between two places. The line break before a boundary
// belongs to the boundary.
func (s *splitter) body(at, end int) []byte {
	b := s.raw[at:end]
	if end < len(s.raw) {
		b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
	}
	return b
}
