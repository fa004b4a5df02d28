package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/channel"
	"parley/channel/channeltest"
	"parley/desk"
)

func parse(t testing.TB, body string) (channel.Inbound, error) {
	t.Helper()
	all, err := Channel{}.Parse(t.Context(), account(t, "https://example.com"), raw(body))
	if err != nil {
		return channel.Inbound{}, err
	}
	if len(all) != 1 {
		t.Fatalf("%d messages of one post", len(all))
	}
	return all[0], nil
}

func TestParse(t *testing.T) {
	pdf := []byte("%PDF-1.4 x")
	got, err := parse(t, `{"contact":{"external_id":"customer-7","name":" Anna\nÖberg ","email":"anna@example.com","phone":"+46 70"},"thread_id":"order 9",
		"text":"one\r\ntwo\u0000","subject":"Where\nis it?","at":"2026-05-04T09:00:00+02:00","external_id":"m-1",
		"attachments":[{"name":"../../../etc/räkning.pdf","content_type":"text/html","data_base64":"`+base64.StdEncoding.EncodeToString(pdf)+`"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := channel.Inbound{
		Dedupe: "key-1", At: time.Date(2026, 5, 4, 7, 0, 0, 0, time.UTC), Text: "one\ntwo", Subject: "Where is it?", ExternalID: "m-1",
		From: channel.Identity{
			Kind: "external", Scope: desk.ChannelID(3).String(), ID: "customer-7", Name: "Anna Öberg", Email: "anna@example.com", Phone: "+46 70", Verified: true,
		},
		Thread: channel.Thread{Parents: []string{"api:order 9"}, Own: []string{"api:order 9"}},
		Files:  []channel.File{{Name: "räkning.pdf", ContentType: "application/pdf", Data: pdf}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n%+v\nnot\n%+v", got, want)
	}
}

func TestParseTime(t *testing.T) {
	for at, want := range map[string]time.Time{
		``:                                  now(),
		`"at":"2026-05-04T09:29:59.5Z",`:    now().Truncate(time.Minute).Add(-500 * time.Millisecond),
		`"at":"2026-05-04T12:29:00+03:00",`: now().Truncate(time.Minute).Add(-time.Minute),
		`"at":"2026-05-04T09:31:00Z",`:      now(), // a clock ahead of ours
		`"at":"9999-12-31T23:59:59Z",`:      now(),
	} {
		got, err := parse(t, `{`+at+`"contact":{"external_id":"x"},"text":"a"}`)
		if err != nil || !got.At.Equal(want) {
			t.Errorf("%s: %s, %v; want %s", at, got.At, err, want)
		}
	}
}

// What is refused is refused with the name of the field.
func TestParseRefuses(t *testing.T) {
	encode := base64.StdEncoding.EncodeToString
	file := func(size int) string { return `{"name":"a","data_base64":"` + encode(make([]byte, size)) + `"}` }
	var who = `"contact":{"external_id":"x"}`
	for body, field := range map[string]string{
		`{"text":"a"}`: "contact.external_id",
		`{"contact":{"external_id":" "},"text":"a"}`:                                                                  "contact.external_id",
		`{"contact":{"external_id":"a\u0000b"},"text":"a"}`:                                                           "contact.external_id",
		`{"contact":{"external_id":"` + strings.Repeat("ä", 201) + `"},"text":"a"}`:                                   "contact.external_id",
		`{` + who + `,"text":"a","thread_id":"a\nb"}`:                                                                 "thread_id",
		`{` + who + `,"text":"a","external_id":"a\u0007"}`:                                                            "external_id",
		`{` + who + `,"text":"` + strings.Repeat("ä", desk.MaxText+1) + `"}`:                                          "text has 100001 characters",
		`{` + who + `,"text":"a","at":"yesterday"}`:                                                                   "JSON",
		`{` + who + `,"text":"a","at":"0001-01-02T00:00:00Z"}`:                                                        "at is before 1970",
		`{"contact":{"external_id":"x","email":"Anna <anna@example.com>"},"text":"a"}`:                                "contact.email",
		`{"contact":{"external_id":"x","email":"anna"},"text":"a"}`:                                                   "contact.email",
		`{` + who + `,"attachments":[{"name":"a","data_base64":"?"}]}`:                                                "attachments[0].data_base64",
		`{` + who + `,"attachments":[` + file(1) + `,{"name":"a","data_base64":"YQ"}]}`:                               "attachments[1].data_base64",
		`{` + who + `,"attachments":[` + file(maxFileSize+1) + `]}`:                                                   "attachments[0] is larger than 10 MB",
		`{` + who + `,"attachments":[` + file(maxFileSize) + `,` + file(maxFileSize) + `,` + file(maxFileSize) + `]}`: "25 MB",
		`{` + who + `,"attachments":[` + strings.Repeat(file(1)+`,`, maxFiles) + file(1) + `]}`:                       "attachments are 11",
		`{` + who + `,"text":"a"} {}`:                                                                                 "JSON",
	} {
		if _, err := parse(t, body); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%.90s: %v; want something about %s", body, err, field)
		}
	}
	if _, err := (Channel{}).Parse(t.Context(), account(t, "https://example.com"), channel.Raw{Body: []byte(`{` + who + `,"text":"a"}`), At: now()}); err == nil {
		t.Error("a message without an idempotency key is taken")
	}
}

// The largest post that is allowed is read whole; a file may be a whole message.
func TestParseLimits(t *testing.T) {
	data := bytes.Repeat([]byte{1}, maxFileSize)
	got, err := parse(t, fmt.Sprintf(`{"contact":{"external_id":%q},"text":%q}`, strings.Repeat("ä", maxID), strings.Repeat("ä", desk.MaxText)))
	if err != nil || len(got.Text) != 2*desk.MaxText {
		t.Errorf("%d bytes of text, %v", len(got.Text), err)
	}
	got, err = parse(t, `{"contact":{"external_id":"x"},"attachments":[{"name":"..","data_base64":"`+base64.StdEncoding.EncodeToString(data)+`"}]}`)
	if err != nil || len(got.Files) != 1 || !bytes.Equal(got.Files[0].Data, data) || got.Files[0].Name != "file" || got.Files[0].ContentType != "application/octet-stream" {
		t.Errorf("%d files, %v", len(got.Files), err)
	}
}

// What the description of the API lets through, JSON of a Post, keeps its fields
// on the way into the store and back.
func TestPostSurvivesBeingStored(t *testing.T) {
	p := Post{
		Contact: PostContact{"x", "Anna", "anna@example.com", "+46"}, Text: "a", Subject: "b", Thread: "c", At: now(), ExternalID: "d",
		Files: []PostFile{{"e.txt", "text/plain", "YQ=="}},
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var again Post
	if err := json.Unmarshal(b, &again); err != nil || !reflect.DeepEqual(p, again) {
		t.Errorf("%+v, %v", again, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"contact":{"external_id":"customer-7","name":"Anna","email":"anna@example.com"},"thread_id":"t","text":"a","at":"2026-05-04T09:00:00Z","external_id":"m","attachments":[{"name":"a.txt","data_base64":"YQ=="}]}`))
	f.Add([]byte(`{"contact":{"external_id":"x"},"attachments":[{"name":"\u202e/..\\","content_type":"a","data_base64":"\n"}]}`))
	f.Add([]byte(`{"contact":{"external_id":"\ud800"},"text":"\u0000\ufeff"}`))
	f.Add([]byte(`{"contact":null,"text":1e999}`))
	a := account(f, "https://example.com")
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := Channel{}.Parse(t.Context(), a, channel.Raw{Dedupe: "k", Body: body, At: now()})
		if err == nil && len(all) != 1 {
			t.Fatalf("%d messages", len(all))
		}
		for _, in := range all {
			if err := channeltest.WellFormed(in); err != nil {
				t.Error(err)
			}
			if in.At.After(now()) || in.Text == "" && len(in.Files) == 0 {
				t.Errorf("at %s, text %q", in.At, in.Text)
			}
		}
	})
}
