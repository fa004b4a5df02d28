package mail

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
)

// tnefSignature begins a winmail.dat (MS-OXTNEF, 2.1.1).
const tnefSignature = 0x223e9f78

// Attributes and properties of a winmail.dat that are read (MS-OXTNEF, 2.1.3; MS-OXPROPS).
const (
	tnefBody       = 0x0002800c
	tnefMessage    = 0x00069003 // properties of the mail
	tnefFile       = 0x00069002 // begins a file
	tnefTitle      = 0x00018010
	tnefData       = 0x0006800f
	tnefProperties = 0x00069005 // of the file

	propBody      = 0x1000
	propHTML      = 0x1013
	propContent   = 0x3701
	propLongName  = 0x3707
	propMIME      = 0x370e
	propContentID = 0x3712
)

var errTNEF = errors.New("it is no winmail.dat")

// tnef is what is in a winmail.dat, which Outlook sends in place of parts.
type tnef struct {
	text, html string
	files      []tnefAttachment
}

type tnefAttachment struct {
	name, mtype, contentID string
	data                   []byte
}

// openTNEF reads a winmail.dat as far as it can be read. The text in RTF is left
// out. An error says that it is none.
func openTNEF(b []byte) (t tnef, err error) {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != tnefSignature {
		return t, errTNEF
	}
	for b = b[6:]; len(b) >= 9; {
		id, size := binary.LittleEndian.Uint32(b[1:]), uint64(binary.LittleEndian.Uint32(b[5:]))
		b = b[9:]
		if size > uint64(len(b)) {
			break // it is cut off
		}
		t.attribute(id, b[:size])
		b = b[min(uint64(len(b)), size+2):] // a checksum follows
	}
	return t, nil
}

func (t *tnef) attribute(id uint32, data []byte) {
	switch {
	case id == tnefBody:
		t.text = textOf(bytes.TrimRight(data, "\x00"), "", false)
	case id == tnefMessage:
		properties(data, func(id uint16, value []byte, unicode bool) {
			switch id {
			case propBody:
				t.text = propertyText(value, unicode)
			case propHTML:
				t.html = textOf(value, "", true)
			}
		})
	case id == tnefFile && len(t.files) < maxParts:
		t.files = append(t.files, tnefAttachment{})
	case len(t.files) == 0:
	case id == tnefTitle:
		f := &t.files[len(t.files)-1]
		if f.name == "" {
			f.name = propertyText(data, false)
		}
	case id == tnefData:
		t.files[len(t.files)-1].data = data
	case id == tnefProperties:
		t.files[len(t.files)-1].properties(data)
	}
}

func (f *tnefAttachment) properties(data []byte) {
	properties(data, func(id uint16, value []byte, unicode bool) {
		switch id {
		case propLongName:
			f.name = propertyText(value, unicode)
		case propMIME:
			f.mtype = strings.ToLower(propertyText(value, unicode))
		case propContentID:
			f.contentID = strings.Trim(propertyText(value, unicode), "<> ")
		case propContent:
			if f.data == nil && len(value) > 16 { // behind the id of what kind of object it is
				f.data = value[16:]
			}
		}
	})
}

// propertyText returns a text of a property, which ends with NUL.
func propertyText(b []byte, unicode bool) string {
	if unicode {
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(b[2*i:])
		}
		return strings.TrimRight(clean(string(utf16.Decode(units))), "\x00")
	}
	return textOf(bytes.TrimRight(b, "\x00"), "", false)
}

// Kinds of values of properties (MS-OXCDATA, 2.11.1).
const (
	propString  = 0x001e
	propUnicode = 0x001f
	propObject  = 0x000d
	propBinary  = 0x0102
	propMany    = 0x1000 // more than one value
	propNamed   = 0x8000 // a name follows the id
)

var propSizes = map[uint16]int{0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000a: 4, 0x000b: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8, 0x0040: 8, 0x0048: 16}

// properties calls do with every text and every piece of bytes of a list of
// properties, until something is in it that cannot be read.
func properties(b []byte, do func(id uint16, value []byte, unicode bool)) {
	r := tnefReader{b}
	count, ok := r.number()
	for ; ok && count > 0; count-- {
		var head uint32
		if head, ok = r.number(); !ok {
			return
		}
		kind, id := uint16(head), uint16(head>>16)
		if id >= propNamed && !r.skipName() {
			return
		}
		many := kind&propMany != 0
		kind &^= propMany
		size, fixed := propSizes[kind]
		values := uint32(1)
		if many || !fixed {
			if values, ok = r.number(); !ok {
				return
			}
		}
		for ; values > 0; values-- {
			var value []byte
			if fixed {
				value, ok = r.take(uint32(size))
			} else {
				value, ok = r.sized()
			}
			if !ok {
				return
			}
			switch kind {
			case propString, propUnicode, propBinary, propObject:
				do(id, value, kind == propUnicode)
			}
		}
	}
}

type tnefReader struct{ rest []byte }

func (r *tnefReader) number() (uint32, bool) {
	if len(r.rest) < 4 {
		return 0, false
	}
	n := binary.LittleEndian.Uint32(r.rest)
	r.rest = r.rest[4:]
	return n, true
}

// take returns the next bytes; values stand at multiples of four.
func (r *tnefReader) take(n uint32) ([]byte, bool) {
	if uint64(n) > uint64(len(r.rest)) {
		return nil, false
	}
	value := r.rest[:n]
	r.rest = r.rest[min(uint64(len(r.rest)), (uint64(n)+3)&^3):]
	return value, true
}

func (r *tnefReader) sized() ([]byte, bool) {
	n, ok := r.number()
	if !ok {
		return nil, false
	}
	return r.take(n)
}

// skipName passes the name of a property: a set, and a number or a text in it.
func (r *tnefReader) skipName() bool {
	if _, ok := r.take(16); !ok {
		return false
	}
	kind, ok := r.number()
	if !ok {
		return false
	}
	if kind == 0 {
		_, ok = r.number()
		return ok
	}
	_, ok = r.sized()
	return ok
}
