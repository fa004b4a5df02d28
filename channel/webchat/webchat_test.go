package webchat

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/channel"
	"parley/channel/channeltest"
	"parley/desk"
)

var arrived = time.Date(2026, 5, 4, 9, 30, 0, 0, time.UTC)

func account(t testing.TB) channel.Account {
	t.Helper()
	config, err := json.Marshal(Config{Greeting: "Hello", Accent: "#0F6A57", HeaderColor: "#14362E", Side: "left", AllowedOrigins: []string{"https://www.example.com"}, IdentitySecret: strings.Repeat("s", 32)})
	if err != nil {
		t.Fatal(err)
	}
	return channel.Account{Workspace: 1, Inbox: 2, ID: 3, Kind: Name, Name: "Shop", Address: "abcdefghijklmnopqrst", Config: config}
}

func TestContract(t *testing.T) {
	visitor := `{"c":"` + desk.ChannelID(3).String() + `","k":"visitor","i":"V1"}`
	raw := func(key, body string) channel.Raw {
		return channel.Raw{Dedupe: key, ContentType: "application/json", Body: []byte(body), At: arrived}
	}
	channeltest.Run(t, channeltest.Options{
		Channel: New(), Account: account(t),
		BadConfigs: []json.RawMessage{
			[]byte(`{"accent":"red"}`), []byte(`{"header_color":"#12345"}`), []byte(`{"side":"top"}`), []byte(`{"identity_secret":"short"}`), []byte(`{"allowed_origins":["example.com"]}`),
			[]byte(`{"allowed_origins":["https://a.example; script-src *"]}`), []byte(`{"allowed_origins":["javascript:alert(1)"]}`), []byte(`{"allowed_origins":["https://a.example?x"]}`),
		},
		Raws: []channel.Raw{
			raw("V1 client-1", `{"visitor":`+visitor+`,"client_id":"client-1","text":"Grüße 👩🏽‍🔧","page":"https://www.example.com/"}`),
			raw("V1 client-2", `{"visitor":`+visitor+`,"client_id":"client-2","text":""}`),
		},
		Garbage: []channel.Raw{
			raw("1", `{}`), raw("2", `{"visitor":`+visitor+`,"text":"x"}`), raw("3", `{"visitor":{"c":"`+desk.ChannelID(4).String()+`","i":"V1"},"client_id":"client-1","text":"of another chat"}`),
		},
		Outbound: channel.Outbound{Message: 4, Conversation: 5, To: channel.Identity{Kind: "visitor", Scope: desk.ChannelID(3).String(), ID: "V1"}, AuthorName: "Maja", Text: "Hello", At: arrived, Try: 1},
		Up:       func(t *testing.T) channel.Account { return account(t) },
	})
}

// Settings that nobody made have their defaults.
func TestDefaults(t *testing.T) {
	c, err := Read(json.RawMessage(`{}`))
	if err != nil || c.Side != "right" || c.Accent == "" || c.Greeting == "" {
		t.Errorf("%+v, %v", c, err)
	}
}
