package app

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/internal/richtext"
	"parley/store"
)

// carry puts the messages below a mail that it forwards, as the team reads them, and
// returns the pictures that stand in them. One that is gone meanwhile is left out.
func carry(tx *store.Tx, m desk.Message, out *channel.Outbound) (pictures []desk.Attachment, err error) {
	if len(m.Forwarded) == 0 {
		return nil, nil
	}
	all, err := tx.Messages(m.Forwarded)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(x, y desk.Message) int { return cmp.Compare(x.ID, y.ID) })
	for _, one := range all {
		if one.Conversation != m.Conversation || !one.DeletedAt.IsZero() || one.Kind == desk.KindNote {
			continue
		}
		c, theirs, err := carried(tx, one, len(m.Forwarded) > 1)
		if err != nil {
			return nil, err
		}
		out.Forwarded = append(out.Forwarded, c)
		pictures = append(pictures, theirs...)
	}
	return pictures, nil
}

// carried is one message as another mail carries it: among several, without the
// history that each of them quotes.
func carried(tx *store.Tx, m desk.Message, several bool) (c channel.Carried, pictures []desk.Attachment, err error) {
	c = channel.Carried{From: desk.Address{Name: m.AuthorName}, At: m.At, Subject: m.Subject, To: m.To, Cc: m.Cc, Text: m.Text}
	switch {
	case desk.IsEmail(m.Sender):
		c.From.Email = m.Sender
	case m.Side == desk.SideTeam && m.Channel != 0:
		ch, err := tx.Channel(m.Channel)
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return c, nil, err
		}
		if ch.Kind == desk.KindMail {
			c.From.Email = ch.Address
		}
	}
	var header channel.Email
	if len(m.Email) > 0 && json.Unmarshal(m.Email, &header) == nil {
		c.To, c.Cc = read(header.To), read(header.Cc)
	}
	renamed := func(f desk.Attachment) desk.Attachment {
		f.Name = cmp.Or(f.Name, "picture")
		f.ContentID = fmt.Sprintf("%s.%d@forwarded", strings.TrimPrefix(m.ID.String(), "msg_"), len(pictures)+1)
		return f
	}
	if m.Markdown {
		show := placedPictures(m.Files, func(f desk.Attachment) string {
			if !f.Placed() {
				return ""
			}
			pictures = append(pictures, renamed(f))
			return pictures[len(pictures)-1].ContentID
		})
		c.HTML, c.Text, err = richtext.Reply(m.Text, show)
		return c, pictures, err
	}
	html := m.HTML
	if runes := []rune(m.Text); several && m.VisibleEnd > 0 && m.VisibleEnd < len(runes) {
		c.Text = strings.TrimSpace(string(runes[:m.VisibleEnd]))
		html = newHTML(m)
	}
	if html == "" {
		return c, nil, nil
	}
	cids := map[string]string{}
	for _, f := range m.Files {
		if !f.Inline || f.ContentID == "" || cids[f.ContentID] != "" || shows(m.HTML, f) && !shows(html, f) {
			continue
		}
		theirs := renamed(f)
		cids[f.ContentID] = theirs.ContentID
		pictures = append(pictures, theirs)
	}
	c.HTML = richtext.Carried(html, cids)
	return c, pictures, nil
}

// newHTML returns the HTML of a mail without the history below it. Where that is not
// marked the text alone says what is new, unless pictures stand in it: they would be lost.
func newHTML(m desk.Message) string {
	if html, ok := richtext.WithoutHistory(m.HTML); ok {
		return html
	}
	if slices.ContainsFunc(m.Files, func(f desk.Attachment) bool { return f.Inline && shows(m.HTML, f) }) {
		return m.HTML
	}
	return ""
}

// shows reports whether a picture stands in HTML.
func shows(html string, f desk.Attachment) bool {
	return f.ContentID != "" && (strings.Contains(html, "cid:"+f.ContentID) || strings.Contains(html, "cid:"+url.PathEscape(f.ContentID)))
}

func read(all []string) (out []desk.Address) {
	for _, s := range all {
		if a, ok := desk.ParseAddress(s); ok {
			out = append(out, a)
		}
	}
	return out
}
