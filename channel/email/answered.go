package email

import (
	"net/url"
	"slices"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
)

// answered returns what somebody wrote to the signed address of a letter to the team,
// or nil. Words among which the address stands that they went to are not sure to be
// only theirs.
func (ch *Channel) answered(m *mail.Mail, raw channel.Raw, own string) *channel.Answered {
	for _, r := range recipients(m, raw) {
		id, mailed := mail.NoticeOf(ch.Key, r)
		if id == 0 {
			continue
		}
		out := &channel.Answered{Notice: channel.Notice{ID: id, Mailed: mailed}}
		out.Words, out.Sure = mail.NewWords(desk.Clean(m.Text))
		last := strings.ToLower(out.Words[strings.LastIndexByte(out.Words, '\n')+1:])
		signed, _, _ := strings.Cut(strings.ToLower(r), "@")
		out.Sure = out.Sure && !strings.Contains(strings.ToLower(out.Words), signed) && !strings.Contains(last, strings.ToLower(own))
		return out
	}
	return nil
}

// signatures are files that prove who wrote a mail, to who gets that mail.
var signatures = []string{"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys"}

// written returns the files that are part of what somebody wrote: not the pictures of
// what they quote.
func written(in channel.Inbound) (out []channel.File) {
	own, _, _ := strings.Cut(in.HTML, "<details")
	for _, f := range in.Files {
		kind, _, _ := strings.Cut(f.ContentType, ";")
		quoted := f.Inline && !strings.Contains(own, "cid:"+f.ContentID) && !strings.Contains(own, "cid:"+url.PathEscape(f.ContentID))
		if quoted || slices.Contains(signatures, kind) {
			continue
		}
		f.Inline, f.ContentID = false, ""
		out = append(out, f)
	}
	return out
}
