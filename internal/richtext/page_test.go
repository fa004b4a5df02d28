package richtext

import (
	"strings"
	"testing"
)

// What a mail loads from elsewhere is known in every form that it may have, and is
// shown by way of Parley or not at all.
func TestRemotePictures(t *testing.T) {
	mail := Sanitise(`<p>Hi</p><img src="https://a.test/logo.png" width="200" height="40" alt="Logo" srcset="https://a.test/2x.png 2x">` +
		`<picture><source srcset="https://a.test/s.webp"><img src="HTTPS://a.test/in.png"></picture>` +
		`<table background="https://a.test/table.png" bgcolor="#fff"><tr><td style="padding: 2px; background: #eee url('https://a.test/Cell.png?a=1&amp;b=(2') no-repeat">x</td>` +
		`<td style="background-image:url( https://a.test/Cell.png?a=1&amp;b=2 );color:red">y</td></tr></table>` +
		`<p style="background:url(data:image/png;base64,x)">z</p><p style="background:#eee">grey</p><p style="list-style-image:url(https://a.test/l.png)">l</p>`)
	off := Page(mail, Pictures{})
	for _, want := range []string{
		`<body data-remote="4" data-trackers="0">`, `<span class="remote" style="width:200px;height:40px" title="Logo">Logo</span>`, `background: #eee`, `background-image: none`, `color: red`,
	} {
		if !strings.Contains(off, want) {
			t.Errorf("%s is not in\n%s", want, off)
		}
	}
	if strings.Contains(off, "a.test") {
		t.Errorf("something of elsewhere is left in\n%s", off)
	}
	var asked []string
	on := Page(mail, Pictures{Remote: func(address string) string { asked = append(asked, address); return "/p?u=1&x=2" }})
	if got := strings.Join(asked, " "); got != "https://a.test/logo.png https://a.test/in.png https://a.test/table.png https://a.test/Cell.png?a=1&b=2" {
		t.Errorf("asked for %s", got)
	}
	for _, want := range []string{
		`<img src="/p?u=1&amp;x=2" alt="Logo" width="200" height="40">`, `style="background-image: url(/p?u=1&amp;x=2); color: red"`, `<table bgcolor="#fff" style="background-image: url(/p?u=1&amp;x=2)">`,
	} {
		if !strings.Contains(on, want) {
			t.Errorf("%s is not in\n%s", want, on)
		}
	}
	if strings.Contains(on, "a.test") {
		t.Errorf("something of elsewhere is left in\n%s", on)
	}
}

// What counts readers is not shown, asked for or not, and counted.
func TestTrackers(t *testing.T) {
	for src, tracks := range map[string]bool{
		`src="https://a.test/x.gif" width="1" height="1"`:                                 true,
		`src="https://a.test/x.gif" width="0" height="0"`:                                 true,
		`src="https://a.test/x.gif" style="width:1px;height:1px"`:                         true,
		`src="https://a.test/x.gif" style="border:0; height: 1px !important; width: 1px"`: true,
		`src="https://click.shop.test/wf/open?upn=abc"`:                                   true,
		`src="https://shop.us7.list-manage.com/track/open.php?u=1"`:                       true,
		`src="https://www.google-analytics.com/collect?v=1"`:                              true,
		`src="https://a.test/o/pixel.gif?id=7"`:                                           true,
		`src="https://a.test/logo.png" width="200" height="40"`:                           false,
		`src="https://a.test/line.png" width="600" height="1"`:                            false,
		`src="https://a.test/logo.png" style="width:100px;height:10px"`:                   false,
		`src="https://a.test/open-day.png"`:                                               false,
		`src="https://a.test/opening/track.jpg"`:                                          false,
	} {
		page := Page(Sanitise(`<p>x</p><img `+src+`>`), Pictures{Remote: func(string) string { return "/ours" }})
		if got := strings.Contains(page, `data-trackers="1"`) && !strings.Contains(page, "/ours"); got != tracks {
			t.Errorf("%s: counts readers: %v\n%s", src, got, page[strings.Index(page, "<body"):])
		}
	}
}
