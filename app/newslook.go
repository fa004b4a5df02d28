package app

import (
	"bytes"
	_ "embed"
	"html/template"
	texttemplate "text/template"
)

// How a mail to the team looks: calm, as wide as a phone, light or dark as its reader
// has it, without a picture. Above all stands the line that an answer is cut at.
//
//go:embed news.html
var newsHTML string

//go:embed news.txt
var newsText string

var (
	newsPage  = template.Must(template.New("news").Parse(newsHTML))
	newsPlain = texttemplate.Must(texttemplate.New("news").Parse(newsText))
)

// Moment is when something happened, for who reads of it elsewhere.
func (i NewsItem) Moment() string { return i.At.Format("2 January, 15:04") + " UTC" }

// Several reports whether items are of several conversations, and each has its link.
func (l NewsLetter) Several() bool {
	return len(l.Items) > 1 && l.Items[0].Of != l.Items[len(l.Items)-1].Of
}

// About is the conversation that all of it is of, or "".
func (l NewsLetter) About() string {
	if l.Several() {
		return ""
	}
	return l.Items[0].Of
}

// Note is the word that makes a note of an answer.
func (NewsLetter) Note() string { return NoteMark }

// Texts returns the mail as text and as HTML.
func (l NewsLetter) Texts() (text, html string, err error) {
	var b, h bytes.Buffer
	if err := newsPlain.Execute(&b, l); err != nil {
		return "", "", err
	}
	err = newsPage.Execute(&h, l)
	return b.String(), h.String(), err
}
