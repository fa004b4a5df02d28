package api_test

import (
	"encoding/base64"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"parley/api"
	"parley/api/apitest"
)

// A token, a ticket and a link are each good for their own thing, in their own
// chat, for their own time, as they were made.
func TestChatTokens(t *testing.T) {
	h := chats(t)
	back := h.Box("back")
	v := h.S.Visitor(h.front.Key)
	v.Write("Hello")
	try := func(name, key, token string, want int) {
		t.Helper()
		c := &apitest.Visitor{Client: &apitest.Client{S: h.S, Name: name, Bearer: token}, Key: key}
		a := c.Do("GET", c.Path("/messages"), nil)
		if a.Status != want {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
		if want != 200 {
			a.Problem(want)
		}
	}
	body, sum, _ := strings.Cut(v.Bearer, ".")
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		t.Fatal(err)
	}
	forged := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), `"k":"visitor"`, `"k":"external"`, 1)))
	try("as it was made", h.front.Key, v.Bearer, 200)
	try("none", h.front.Key, "", 401)
	try("garbled", h.front.Key, "x.y", 401)
	try("cut", h.front.Key, v.Bearer[:len(v.Bearer)-2], 401)
	try("changed", h.front.Key, forged+"."+sum, 401)
	try("without a signature", h.front.Key, body+".", 401)
	try("for another chat", back.Key, v.Bearer, 401)
	try("a ticket", h.front.Key, v.Ticket, 401)
	try("a token of the API", h.front.Key, "pat_x", 401)
	// A garbled token opens a new chat, and nothing of anybody.
	c := &apitest.Visitor{Client: h.S.Nobody(), Key: h.front.Key}
	for _, token := range []string{"x", forged + "." + sum, v.Ticket} {
		if got := c.Open(object{"token": token}); got.Conversation != nil || len(got.Messages) != 0 || got.Token == v.Bearer {
			t.Errorf("%q opens %+v", token, got)
		}
	}
	stream := func(key, ticket string) int { return c.Begin("GET", "/api/widget/v1/"+key+"/stream?ticket="+ticket) }
	for name, got := range map[string]int{
		"no ticket": stream(h.front.Key, ""), "a token for a ticket": stream(h.front.Key, v.Bearer), "a ticket of another chat": stream(back.Key, v.Ticket),
	} {
		if got != 401 {
			t.Errorf("%s opens a stream: %d", name, got)
		}
	}
	if got := stream(h.front.Key, v.Ticket); got != 200 {
		t.Errorf("the ticket opens nothing: %d", got)
	}
	h.S.Clock.Add(6 * time.Minute)
	if got := stream(h.front.Key, v.Ticket); got != 401 {
		t.Errorf("a ticket of six minutes ago: %d", got)
	}
	var fresh struct {
		Ticket string `json:"stream_ticket"`
	}
	v.Do("POST", v.Path("/ticket"), nil).Want(200).Read(&fresh)
	if got := stream(h.front.Key, fresh.Ticket); got != 200 {
		t.Errorf("a new ticket opens nothing: %d", got)
	}
	h.Owner.Do("PATCH", h.Path("/channels/"+h.front.Chat), object{"disabled": true}).Want(200)
	try("for a chat that is switched off", h.front.Key, v.Bearer, 404)
}

// Who is signed in at the site is known by it, at every browser; who cannot prove
// it is not, and sees nothing of theirs.
func TestChatIdentity(t *testing.T) {
	h := chats(t)
	back := h.Box("back")
	kim := h.signed("kim")
	kim.Write("this is Kim")
	if got := texts(h.signed("kim").Messages("0")); !slices.Equal(got, []string{"customer: this is Kim"}) {
		t.Errorf("at another browser Kim sees %q", got)
	}
	if got := h.signed("eve").Messages("0"); len(got.Messages) != 0 {
		t.Errorf("Eve sees %+v", got)
	}
	var c struct {
		Contact struct {
			Name, Email string
			Verified    bool
		}
	}
	h.Owner.Do("GET", h.Path("/conversations/"+kim.Messages("0").Conversation.ID), nil).Want(200).Read(&c)
	if !c.Contact.Verified || c.Contact.Email != "kim@customer.example" || c.Contact.Name != "kim Berg" {
		t.Errorf("the team sees %+v", c.Contact)
	}
	now := h.S.Clock.Now()
	with := func(change object) object {
		claims := h.claims("kim")
		for name, v := range change {
			if claims[name] = v; v == nil {
				delete(claims, name)
			}
		}
		return claims
	}
	good := jwt(identitySecret, hs256, h.claims("kim"))
	parts := strings.Split(good, ".")
	eve := strings.Split(jwt("another secret of thirty-two characters", hs256, h.claims("kim")), ".")
	for name, token := range map[string]string{
		"of another key":               strings.Join(eve, "."),
		"with another's signature":     parts[0] + "." + strings.Split(jwt(identitySecret, hs256, h.claims("eve")), ".")[1] + "." + parts[2],
		"with alg none":                jwt(identitySecret, object{"alg": "none"}, h.claims("kim")),
		"with alg none, unsigned":      strings.Join(strings.Split(jwt(identitySecret, object{"alg": "none"}, h.claims("kim")), ".")[:2], ".") + ".",
		"with alg HS512":               jwt(identitySecret, object{"alg": "HS512"}, h.claims("kim")),
		"with alg RS256":               jwt(identitySecret, object{"alg": "RS256"}, h.claims("kim")),
		"with a critical extension":    jwt(identitySecret, object{"alg": "HS256", "crit": []string{"b64"}, "b64": false}, h.claims("kim")),
		"without exp":                  jwt(identitySecret, hs256, with(object{"exp": nil})),
		"that has expired":             jwt(identitySecret, hs256, with(object{"exp": now.Add(-3 * time.Minute).Unix()})),
		"that is good for too long":    jwt(identitySecret, hs256, with(object{"exp": now.Add(time.Hour).Unix()})),
		"that is good for ever":        jwt(identitySecret, hs256, with(object{"exp": 1e300})),
		"that was good before time":    jwt(identitySecret, hs256, with(object{"exp": -1e300})),
		"that is not good yet":         jwt(identitySecret, hs256, with(object{"nbf": now.Add(4 * time.Minute).Unix()})),
		"for another chat":             jwt(identitySecret, hs256, with(object{"aud": back.Key})),
		"for several others":           jwt(identitySecret, hs256, with(object{"aud": []string{back.Key, "x"}})),
		"for nobody":                   jwt(identitySecret, hs256, with(object{"aud": nil})),
		"of nobody":                    jwt(identitySecret, hs256, with(object{"sub": nil})),
		"of an empty name":             jwt(identitySecret, hs256, with(object{"sub": ""})),
		"of a number":                  jwt(identitySecret, hs256, with(object{"sub": 5})),
		"of an endless name":           jwt(identitySecret, hs256, with(object{"sub": strings.Repeat("k", 201)})),
		"of a name with NUL":           jwt(identitySecret, hs256, with(object{"sub": "k\x00im"})),
		"of three parts that are none": "a.b.c",
		"of one part":                  "kim",
	} {
		v := &apitest.Visitor{Client: &apitest.Client{S: h.S, Name: name, Secret: map[string]string{"this is Kim": "Kim's words"}}, Key: h.front.Key}
		got := v.Open(object{"identity": token})
		if got.Why == "" || got.Visitor.Verified || got.Conversation != nil {
			t.Errorf("%s: %+v", name, got)
		}
		v.Write("somebody")
	}
	for name, change := range map[string]object{"for several": {"aud": []string{"x", h.front.Key}}, "that has just expired": {"exp": now.Add(-time.Minute).Unix()}, "with a fraction": {"exp": float64(now.Add(time.Minute).Unix()) + 0.5}} {
		v := &apitest.Visitor{Client: &apitest.Client{S: h.S, Name: name}, Key: h.front.Key}
		if got := v.Open(object{"identity": jwt(identitySecret, hs256, with(change))}); got.Why != "" || got.Conversation == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if a := (&apitest.Visitor{Client: h.S.Nobody(), Key: back.Key}).Open(object{"identity": good}); a.Why == "" || a.Visitor.Verified {
		t.Errorf("a chat without a secret believes %+v", a)
	}
}

// A browser that somebody else uses after Kim shows nothing of Kim's: whoever is
// proven next, whoever cannot be, and who signs out.
func TestChatIdentityChanges(t *testing.T) {
	h := chats(t)
	kim := h.signed("kim")
	kim.Write("this is Kim")
	token := kim.Bearer
	in := func(identity string) apitest.ChatState {
		v := &apitest.Visitor{Client: h.S.Nobody(), Key: h.front.Key}
		return v.Open(object{"token": token, "identity": identity})
	}
	expired := func(sub string) string {
		claims := h.claims(sub)
		claims["exp"] = h.S.Clock.Now().Add(-time.Hour).Unix()
		return jwt(identitySecret, hs256, claims)
	}
	for name, identity := range map[string]string{
		"signed out": "", "Eve": jwt(identitySecret, hs256, h.claims("eve")), "Eve whose proof has expired": expired("eve"),
		"somebody with a forged proof": jwt("another secret of thirty-two characters", hs256, h.claims("kim")), "somebody with a garbled one": "x",
	} {
		if got := in(identity); got.Conversation != nil || len(got.Messages) != 0 || got.Visitor.Name == "kim Berg" {
			t.Errorf("%s sees %+v", name, got)
		}
	}
	// Kim's page is open longer than the proof is good: the token shows that it was.
	if got := in(expired("kim")); got.Conversation == nil || got.Why == "" || !got.Visitor.Verified {
		t.Errorf("Kim, later, sees %+v", got)
	}
	if got := in(jwt(identitySecret, hs256, h.claims("kim"))); len(got.Messages) != 1 {
		t.Errorf("Kim sees %+v", got)
	}
	// An anonymous visitor who signs in becomes who they are; nobody's chat follows.
	v := h.S.Visitor(h.front.Key)
	v.Write("before signing in")
	if got := v.Open(object{"token": v.Bearer, "identity": jwt(identitySecret, hs256, h.claims("new"))}); len(got.Messages) != 0 || !got.Visitor.Verified {
		t.Errorf("who signs in sees %+v", got)
	}
}

// A name and an address that a visitor leaves are kept, never believed.
func TestChatProfile(t *testing.T) {
	h := chats(t)
	h.Owner.Do("GET", h.Path(""), nil).Want(200)
	v := h.S.Visitor(h.front.Key)
	var got struct{ Token string }
	v.Do("POST", v.Path("/profile"), object{"name": "Kim", "email": " Maja@Example.com "}).Want(200).Read(&got)
	v.Bearer = got.Token
	v.Write("Hello")
	var c struct {
		Contact struct {
			Name, Email string
			Verified    bool
		}
	}
	h.Owner.Do("GET", h.Path("/conversations/"+v.Messages("0").Conversation.ID), nil).Want(200).Read(&c)
	if c.Contact.Name != "Kim" || c.Contact.Email != "maja@example.com" || c.Contact.Verified {
		t.Errorf("%+v", c.Contact)
	}
	for _, email := range []string{"kim", "kim@", "@x.com", "a@b, c@d", "<kim@x.com>"} {
		v.Do("POST", v.Path("/profile"), object{"email": email}).Problem(422)
	}
	kim := h.signed("kim")
	kim.Write("this is Kim")
	kim.Do("POST", kim.Path("/profile"), object{"name": "Eve", "email": "eve@customer.example"}).Want(200)
	h.Owner.Do("GET", h.Path("/conversations/"+kim.Messages("0").Conversation.ID), nil).Want(200).Read(&c)
	if c.Contact.Name != "kim Berg" || c.Contact.Email != "kim@customer.example" {
		t.Errorf("what the site says of Kim was changed: %+v", c.Contact)
	}
}

// Only the sites that an admin names may show the chat.
func TestChatOrigins(t *testing.T) {
	h := chats(t)
	dist := fstest.MapFS{"widget/frame.html": &fstest.MapFile{Data: []byte("<!doctype html>")}}
	pages := httptest.NewServer(api.Pages(api.Options{App: h.S.App, Hub: h.S.Hub, Log: h.S.App.Log}, fs.FS(dist)))
	defer pages.Close()
	ancestors := func() string {
		resp, err := http.Get(pages.URL + "/w/" + h.front.Key)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		_, list, _ := strings.Cut(resp.Header.Get("Content-Security-Policy"), "frame-ancestors ")
		return list
	}
	if got := ancestors(); got != "*" {
		t.Errorf("without a list: %q", got)
	}
	config := func(origins ...string) apitest.Answer {
		return h.Owner.Do("PATCH", h.Path("/channels/"+h.front.Chat), object{"config": object{"allowed_origins": origins}})
	}
	config("https://www.example.com", "https://shop.example.com").Want(200)
	if got := ancestors(); got != "'self' https://www.example.com https://shop.example.com" {
		t.Errorf("with a list: %q", got)
	}
	for _, bad := range []string{"www.example.com", "https://a.example; script-src *", "javascript:alert(1)", "https://a.example/page", "*", "https://a.example https://b.example", "https://a.example?x", "https://a.example#x", "https://u@a.example"} {
		config(bad).Problem(422)
	}
	if got := ancestors(); got != "'self' https://www.example.com https://shop.example.com" {
		t.Errorf("after bad lists: %q", got)
	}
	// Another site's script cannot use a visitor's chat: no answer is for it.
	v := h.S.Visitor(h.front.Key)
	a := v.Do("GET", v.Path("/messages"), nil, "Origin", "https://evil.example").Want(200)
	if a.Header.Get("Access-Control-Allow-Origin") != "" || a.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("%v", a.Header)
	}
}
