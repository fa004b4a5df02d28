package desk

import (
	"regexp"
	"slices"
	"strings"
)

// A picture may stand within what the team writes: in the Markdown as an image whose
// target is the id of one of the message's own files, like ![the key](att_01h2…). A mail
// shows it there; every other channel has it as a file, in that order.

// pictureMark is how such a picture is written where nobody looks at the Markdown around it.
var pictureMark = regexp.MustCompile(`!\[([^\]\n]*)\]\(att_[0-9a-z]{13}\)`)

// PlaceID is the Content-ID of a picture of ours that stands within a mail (RFC 2392).
func (a Attachment) PlaceID() string { return a.ID.String() + "@picture.parley" }

// Placed reports whether a file is a picture of ours that stands within a mail.
func (a Attachment) Placed() bool { return a.Inline && a.ContentID == a.PlaceID() }

// picture reports whether every program shows a file of this type as a picture.
func (a Attachment) picture() bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, a.ContentType)
}

// checkPictures refuses a text that shows a picture which is not among its files: one
// of another message, of somebody else, or none at all.
func checkPictures(text string, files []Attachment, w World) ([]AttachmentID, error) {
	shown, err := w.PicturesIn(text)
	if err != nil {
		return nil, err
	}
	for _, id := range shown {
		i := slices.IndexFunc(files, func(f Attachment) bool { return f.ID == id })
		switch {
		case i < 0:
			return nil, invalidField("text", "The text shows a picture that is not attached to it. Attach the picture again, or take it out of the text.")
		case !files[i].picture():
			return nil, invalidField("text", files[i].Name+" is no PNG, JPEG, GIF or WebP picture and cannot stand in the text. Take it out of the text; it is sent along as a file.")
		}
	}
	return shown, nil
}

// place settles which of the message's files stand within its text.
func (m *Message) place(w World) error {
	shown, err := checkPictures(m.Text, m.Files, w)
	if err != nil {
		return err
	}
	mail, err := byMail(m.Channel, w)
	if err != nil {
		return err
	}
	m.Files = slices.Clone(m.Files)
	for i := range m.Files {
		f := &m.Files[i]
		if f.Inline, f.ContentID = mail && slices.Contains(shown, f.ID), ""; f.Inline {
			f.ContentID = f.PlaceID()
		}
	}
	return nil
}

// checkNoPictures refuses a text that is used again and again and shows a picture: that
// is one message's.
func checkNoPictures(text string) error {
	if pictureMark.MatchString(text) {
		return Errorf(Invalid, "A picture that was pasted belongs to one message and cannot stand in a text that is used again. Take it out, or link to it.")
	}
	return nil
}

// InOrder sorts files as a text shows them: those that stand in it come first.
func InOrder(text string, files []Attachment) {
	if len(files) < 2 || !strings.Contains(text, "](att_") {
		return
	}
	place := func(f Attachment) int {
		if at := strings.Index(text, "]("+f.ID.String()+")"); at >= 0 {
			return at
		}
		return len(text)
	}
	slices.SortStableFunc(files, func(a, b Attachment) int { return place(a) - place(b) })
}
