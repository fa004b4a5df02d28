package channeltest

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"parley/channel"
)

// parse: an event is understood, and understood the same at a replay.
func (o Options) parse(t *testing.T) {
	for i, raw := range o.Raws {
		body, envelope := bytes.Clone(raw.Body), maps.Clone(raw.Envelope)
		first, err := o.Channel.Parse(t.Context(), o.Account, raw)
		if err != nil || len(first) == 0 {
			t.Errorf("event %d: %d messages, error %v", i, len(first), err)
			continue
		}
		second, err := o.Channel.Parse(t.Context(), o.Account, raw)
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Errorf("event %d is read in two ways:\n%+v\n%+v (%v)", i, first, second, err)
		}
		if !bytes.Equal(body, raw.Body) || !maps.Equal(envelope, raw.Envelope) {
			t.Errorf("event %d was changed by reading it", i)
		}
		for _, in := range first {
			if err := WellFormed(in); err != nil {
				t.Errorf("event %d: %s", i, err)
			}
			if in.Unreadable {
				t.Errorf("event %d is called unreadable", i)
			}
		}
	}
}

// garbage: what means nothing is refused or called unreadable; nothing crashes.
func (o Options) garbage(t *testing.T) {
	raws := o.Garbage
	for _, body := range meaningless() {
		raw := o.Raws[0]
		raw.Body = body
		raws = append(raws, raw)
	}
	for i, raw := range raws {
		all, err := o.Channel.Parse(t.Context(), o.Account, raw)
		if err == nil && len(all) == 0 {
			t.Errorf("garbage %d (%d bytes) is neither refused nor a message", i, len(raw.Body))
		}
		for _, in := range all {
			if err == nil && !in.Unreadable {
				t.Errorf("garbage %d (%d bytes) is taken for a message: %.200q", i, len(raw.Body), in.Text)
			}
			if err := WellFormed(in); err != nil {
				t.Errorf("garbage %d: %s", i, err)
			}
		}
	}
}

// meaningless returns bytes that are no message anywhere.
func meaningless() [][]byte {
	noise := make([]byte, 1<<20)
	x := uint32(1)
	for i := range noise {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	return [][]byte{
		nil, {}, {0}, bytes.Repeat([]byte{0}, 1000), []byte("\xff\xfe\xfd"), []byte("\xc3\x28\xa0\xa1"),
		bytes.Repeat([]byte("\xf0\x28\x8c\xbc"), 1000), noise, bytes.Repeat([]byte("a"), 1<<20), bytes.Repeat([]byte("[{("), 1<<18),
	}
}

// parallel: many events are read at once. The race detector judges.
func (o Options) parallel(t *testing.T) {
	for i, raw := range o.Raws {
		want, err := o.Channel.Parse(t.Context(), o.Account, raw)
		if err != nil {
			t.Fatalf("event %d: %s", i, err)
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				got, err := o.Channel.Parse(t.Context(), o.Account, raw)
				if err != nil || !reflect.DeepEqual(want, got) {
					t.Errorf("event %d is read differently beside others: %v", i, err)
				}
			})
		}
		wg.Wait()
	}
}

// damaged: an event that was cut, or whose bytes were changed, crashes nothing
// and yields nothing that could not be stored.
func (o Options) damaged(t *testing.T) {
	for i, raw := range o.Raws {
		for _, body := range damage(raw.Body) {
			hurt := raw
			hurt.Body = body
			all, err := o.Channel.Parse(t.Context(), o.Account, hurt)
			if err != nil {
				continue
			}
			for _, in := range all {
				if err := WellFormed(in); err != nil {
					t.Errorf("event %d, damaged: %s\n%.300q", i, err, body)
				}
			}
		}
	}
}

func damage(body []byte) (all [][]byte) {
	const cuts = 32
	for i := range cuts {
		at := len(body) * i / cuts
		all = append(all, body[:at], body[at:])
		for _, b := range []byte{0, 0xff, '"', '\n', '<'} {
			hurt := bytes.Clone(body)
			if len(hurt) > 0 {
				hurt[at] = b
			}
			all = append(all, hurt)
		}
	}
	return append(all, append(bytes.Clone(body), body...))
}

// WellFormed returns why a message could not be stored and shown, or nil.
func WellFormed(in channel.Inbound) error {
	for what, s := range map[string]string{
		"text": in.Text, "subject": in.Subject, "HTML": in.HTML, "dedupe": in.Dedupe, "sender": in.From.ID, "name": in.From.Name, "mail address": in.From.Email,
		"client id": in.ClientID, "external id": in.ExternalID, "parents": strings.Join(in.Thread.Parents, ""), "own keys": strings.Join(in.Thread.Own, ""),
	} {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return fmt.Errorf("%s is not UTF-8 without NUL: %.100q", what, s)
		}
	}
	switch {
	case in.Dedupe == "":
		return fmt.Errorf("there is no dedupe key")
	case in.From.Kind == "" || in.From.ID == "":
		return fmt.Errorf("the sender %+v cannot be told from others", in.From)
	case in.At.IsZero():
		return fmt.Errorf("there is no time")
	case in.VisibleEnd < 0 || in.VisibleEnd > utf8.RuneCountInString(in.Text):
		return fmt.Errorf("the visible part ends at %d of %d", in.VisibleEnd, utf8.RuneCountInString(in.Text))
	case in.Auto != "" && in.Auto != "reply" && in.Auto != "bounce" && in.Auto != "bulk":
		return fmt.Errorf("automatic is %q", in.Auto)
	case in.Unreadable && len(in.Files) == 0:
		return fmt.Errorf("an unreadable message has no file to look at")
	}
	for _, f := range in.Files {
		if err := safeFile(f); err != nil {
			return err
		}
	}
	return nil
}

func safeFile(f channel.File) error {
	switch {
	case f.Name == "" || len(f.Name) > 255 || !utf8.ValidString(f.Name) || f.Name == "." || f.Name == ".." || strings.ContainsAny(f.Name, `/\`):
		return fmt.Errorf("file name %q is not safe", f.Name)
	case strings.ContainsFunc(f.Name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }):
		return fmt.Errorf("file name %q holds control characters", f.Name)
	case f.ContentType == "" || !utf8.ValidString(f.ContentType) || !utf8.ValidString(f.ContentID) || strings.ContainsRune(f.ContentID, 0):
		return fmt.Errorf("file %q is of type %q, id %q", f.Name, f.ContentType, f.ContentID)
	}
	return nil
}
