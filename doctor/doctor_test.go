package doctor_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"parley/app"
	"parley/app/apptest"
	"parley/backup"
	"parley/desk"
	"parley/doctor"
	"parley/internal/blob"
	"parley/internal/safehttp"
	"parley/internal/secret"
	"parley/internal/webpush"
	"parley/store"
	"parley/store/storetest"
)

// zone is a DNS of the test.
type zone struct {
	mx  map[string][]*net.MX
	txt map[string][]string
	err error
}

func (z zone) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	return z.mx[name], z.missing(name, len(z.mx[name]))
}

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	return z.txt[name], z.missing(name, len(z.txt[name]))
}

func (z zone) missing(name string, n int) error {
	if z.err == nil && n == 0 {
		return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return z.err
}

// template is a backup of an install in which all is well.
func template(t *testing.T) (file string, keys *secret.Keys) {
	t.Helper()
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "Hello"})
	_, err := d.Do(d.As(d.Agent), r.Conversation, desk.Reply{Text: "Yes"})
	d.OK(err)
	d.Work()
	_, err = d.PushKeys(t.Context())
	d.OK(err)
	file = filepath.Join(t.TempDir(), "backup")
	_, err = backup.Save(t.Context(), backup.Source{DB: d.DB, Blobs: d.Blobs, Keys: d.Keys, Now: d.Clock.Now}, file, "")
	d.OK(err)
	return file, d.Keys
}

// patient is an install in which all is well, and its database for damage.
func patient(t *testing.T) (doctor.Install, *sql.DB) {
	t.Helper()
	file, keys := template(t)
	return restored(t, file, keys)
}

func restored(t *testing.T, file string, keys *secret.Keys) (doctor.Install, *sql.DB) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(t.TempDir(), "data")
	ok(os.Mkdir(folder, 0o700))
	url, driver := storetest.URL(t), "pgx"
	if strings.HasSuffix(url, ".db") {
		url, driver = filepath.Join(folder, "parley.db"), "sqlite"
	}
	_, err := backup.Restore(t.Context(), file, "", backup.Target{Folder: folder, Database: url, Resume: true})
	ok(err)
	raw, err := sql.Open(driver, url)
	ok(err)
	db, err := store.Open(t.Context(), url)
	ok(err)
	t.Cleanup(func() { raw.Close(); db.Close() })
	ok((&app.App{DB: db, Now: time.Now}).IndexNow(t.Context()))
	blobs, err := blob.Open(filepath.Join(folder, "files"))
	ok(err)

	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }))
	t.Cleanup(web.Close)
	return doctor.Install{
		Folder: folder, DB: db, Blobs: blobs, Keys: keys, Now: time.Now, Listen: web.Listener.Addr().String(), PublicURL: web.URL,
		Client: safehttp.New(5*time.Second, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}),
		SMTP:   mailServer(t), Relay: mailServer(t), Domains: []string{"example.com"}, Selectors: []string{"s1"}, Dial: (&net.Dialer{}).DialContext,
		DNS: zone{
			mx:  map[string][]*net.MX{"example.com": {{Host: "mx.example.com."}}},
			txt: map[string][]string{"example.com": {"other", "v=spf1 mx -all"}, "_dmarc.example.com": {"v=DMARC1; p=none"}, "s1._domainkey.example.com": {"v=DKIM1; k=rsa; p=MIGf"}},
		},
	}, raw
}

// mailServer greets like one.
func mailServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				fmt.Fprint(c, "220 mail.example.com ESMTP\r\n")
				in := bufio.NewScanner(c)
				for in.Scan() {
					fmt.Fprint(c, "250 mail.example.com\r\n")
				}
			}()
		}
	}()
	return l.Addr().String()
}

func look(t *testing.T, i doctor.Install) map[string]doctor.Result {
	t.Helper()
	all := map[string]doctor.Result{}
	for _, r := range doctor.Look(t.Context(), i) {
		if r.Said == "" || (r.State == doctor.Warn || r.State == doctor.Fail) != (r.Do != "") {
			t.Errorf("%s says %q and what to do %q", r.Name, r.Said, r.Do)
		}
		all[r.Name] = r
	}
	return all
}

func TestAllIsWell(t *testing.T) {
	i, _ := patient(t)
	results := doctor.Look(t.Context(), i)
	for _, r := range results {
		// A test server has no HTTPS, and a shared test machine may be full or slow.
		slow := r.Name == "database" && r.State == doctor.Warn && strings.Contains(r.Said, "answers in")
		if r.State != doctor.OK && !slow && r.Name != "public address" && r.Name != "disk" && r.Name != "sync" {
			t.Errorf("%+v", r)
		}
	}
	if _, err := json.Marshal(results); err != nil || len(results) < 14 {
		t.Errorf("%d results, %v", len(results), err)
	}
	if doctor.Worst([]doctor.Result{{State: doctor.Skip}, {State: doctor.Warn}, {State: doctor.OK}}) != doctor.Warn ||
		doctor.Worst([]doctor.Result{{State: doctor.Fail}, {State: doctor.Warn}}) != doctor.Fail || doctor.Worst(nil) != doctor.OK {
		t.Error("the worst is not the worst")
	}
}

// twoPairs stores keys for pushed messages that do not belong together.
func twoPairs(i *doctor.Install) {
	one, err := webpush.NewKeys()
	two, err2 := webpush.NewKeys()
	plain, err3 := json.Marshal(webpush.Keys{Public: one.Public, Private: two.Private})
	sealed, err4 := i.Keys.Seal(plain, []byte(webpush.KeysName))
	err5 := i.DB.Write(context.Background(), store.Scope{}, func(tx *store.WriteTx) error {
		return tx.SetInstallValue(webpush.KeysName, hex.EncodeToString(sealed))
	})
	if err := errors.Join(err, err2, err3, err4, err5); err != nil {
		panic(err)
	}
}

// Everything that may be wrong is said, under the name that is for it.
func TestWhatIsWrongIsSaid(t *testing.T) {
	txt := func(name string, records ...string) func(*doctor.Install) {
		return func(i *doctor.Install) { i.DNS.(zone).txt[name] = records }
	}
	damage := func(q string) func(*testing.T, *sql.DB) {
		return func(t *testing.T, raw *sql.DB) {
			if _, err := raw.ExecContext(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
	}
	file, keys := template(t)
	for _, c := range []struct {
		name, check string
		state       doctor.State
		change      func(*doctor.Install)
		damage      func(*testing.T, *sql.DB)
	}{
		{"no folder", "folder", doctor.Fail, func(i *doctor.Install) { i.Folder = "/nowhere" }, nil},
		{"a folder others can read", "folder", doctor.Warn, func(i *doctor.Install) {
			_ = errors.Join(os.Chmod(i.Folder, 0o755), os.Chmod(filepath.Join(i.Folder, "files"), 0o755))
		}, nil},
		{"no database", "database", doctor.Fail, func(i *doctor.Install) { i.DB, i.DBError = nil, errors.New("away") }, nil},
		{"a closed database", "database", doctor.Fail, func(i *doctor.Install) { i.DB.Close() }, nil},
		{"no key", "key", doctor.Fail, func(i *doctor.Install) { i.Keys = nil }, nil},
		{"an older schema", "schema", doctor.Warn, nil, damage(`DELETE FROM goose_db_version WHERE version_id > 0`)},
		{"a newer schema", "schema", doctor.Fail, nil, damage(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)},
		{"push keys that do not open", "web push", doctor.Fail, nil, damage(`UPDATE install SET value = '00' WHERE name = 'push_keys'`)},
		{"push keys sealed with another key", "web push", doctor.Fail, func(i *doctor.Install) { i.Keys, _ = secret.New(bytes.Repeat([]byte("x"), 32)) }, nil},
		{"push keys of two pairs", "web push", doctor.Fail, twoPairs, nil},
		{"no push keys yet", "web push", doctor.Skip, nil, damage(`DELETE FROM install WHERE name = 'push_keys'`)},
		{"jobs that wait for long", "jobs", doctor.Fail, nil, damage(`INSERT INTO job (id, workspace_id, queue, lane, payload, state, run_at, attempt, last_error, created_at) VALUES (1, 1, 'notify', 0, '0', 0, 1, 0, '', 1)`)},
		{"a job that gave up", "jobs", doctor.Warn, nil, damage(`INSERT INTO job (id, workspace_id, queue, lane, payload, state, run_at, attempt, last_error, created_at) VALUES (1, 1, 'notify', 0, '0', 2, 1, 0, '', 1)`)},
		{"a lost arrival", "ledger", doctor.Fail, nil, damage(`UPDATE raw_event SET state = 'received'`)},
		{"a message that may not have arrived", "ledger", doctor.Warn, nil, damage(`UPDATE message SET delivery = 'unknown' WHERE delivery = 'sent'`)},
		{"no server", "server", doctor.Fail, func(i *doctor.Install) { i.Listen = "127.0.0.1:1" }, nil},
		{"no public address", "public address", doctor.Warn, func(i *doctor.Install) { i.PublicURL = "" }, nil},
		{"a public address that leads nowhere", "public address", doctor.Fail, func(i *doctor.Install) { i.PublicURL = "http://127.0.0.1:1" }, nil},
		{"a clock that is wrong", "clock of the web", doctor.Fail, func(i *doctor.Install) { i.Now = func() time.Time { return time.Now().Add(time.Hour) } }, nil},
		{"a certificate that ends soon", "certificate file", doctor.Warn, func(i *doctor.Install) { i.CertFile = certificate(i.Folder, 10*24*time.Hour) }, nil},
		{"a certificate that has ended", "certificate file", doctor.Fail, func(i *doctor.Install) { i.CertFile = certificate(i.Folder, -time.Hour) }, nil},
		{"a certificate that is fine", "certificate file", doctor.OK, func(i *doctor.Install) { i.CertFile = certificate(i.Folder, 60*24*time.Hour) }, nil},
		{"a certificate that is none", "certificate file", doctor.Fail, func(i *doctor.Install) { i.CertFile = filepath.Join(i.Folder, "master.key") }, nil},
		{"nobody takes mail", "mail in", doctor.Fail, func(i *doctor.Install) { i.SMTP = "127.0.0.1:1" }, nil},
		{"no mail", "mail in", doctor.Skip, func(i *doctor.Install) { i.SMTP = "" }, nil},
		{"no relay there", "mail out", doctor.Fail, func(i *doctor.Install) { i.Relay = "127.0.0.1:1" }, nil},
		{"no MX", "example.com MX", doctor.Fail, func(i *doctor.Install) { delete(i.DNS.(zone).mx, "example.com") }, nil},
		{"an empty MX", "example.com MX", doctor.Fail, func(i *doctor.Install) { i.DNS.(zone).mx["example.com"] = []*net.MX{{Host: "."}} }, nil},
		{"no SPF", "example.com SPF", doctor.Warn, txt("example.com", "v=spf10 x"), nil},
		{"two SPF", "example.com SPF", doctor.Fail, txt("example.com", "v=spf1 -all", "V=SPF1 mx"), nil},
		{"an open SPF", "example.com SPF", doctor.Fail, txt("example.com", "v=spf1 +all"), nil},
		{"no DMARC", "example.com DMARC", doctor.Warn, txt("_dmarc.example.com"), nil},
		{"two DMARC", "example.com DMARC", doctor.Warn, txt("_dmarc.example.com", "v=DMARC1; p=none", "v=DMARC1;p=reject"), nil},
		{"no DKIM key", "example.com DKIM", doctor.Warn, txt("s1._domainkey.example.com"), nil},
		{"a DKIM key taken back", "example.com DKIM", doctor.Warn, txt("s1._domainkey.example.com", "v=DKIM1; p="), nil},
		{"no selector", "example.com DKIM", doctor.Skip, func(i *doctor.Install) { i.Selectors = nil }, nil},
		{"DNS that does not answer", "example.com SPF", doctor.Warn, func(i *doctor.Install) { i.DNS = zone{err: errors.New("timeout")} }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			i, raw := restored(t, file, keys)
			if c.change != nil {
				c.change(&i)
			}
			if c.damage != nil {
				c.damage(t, raw)
			}
			if got := look(t, i)[c.check]; got.State != c.state {
				t.Errorf("%s is %+v, not %s", c.check, got, c.state)
			}
		})
	}
}

// certificate writes one that is good for a while and returns its file.
func certificate(folder string, left time.Duration) string {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Panic(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(left)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	name := filepath.Join(folder, "cert.pem")
	if err = errors.Join(err, os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)); err != nil {
		log.Panic(err)
	}
	return name
}

// A key that opens nothing is found before an agent finds it.
func TestWrongKey(t *testing.T) {
	i, raw := patient(t)
	var id int64
	if err := raw.QueryRowContext(t.Context(), `SELECT id FROM channel`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	sealed, err := i.Keys.Seal([]byte(`{}`), []byte(desk.ChannelID(id).String()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.ExecContext(t.Context(), fmt.Sprintf(`UPDATE channel SET sealed = '%x'`, sealed)); err != nil {
		t.Fatal(err)
	}
	if got := look(t, i)["key"]; got.State != doctor.OK || !strings.Contains(got.Said, "all 1") {
		t.Errorf("the right key: %+v", got)
	}
	right := i.Keys
	if i.Keys, err = secret.Parse(strings.Repeat("ab", 32)); err != nil {
		t.Fatal(err)
	}
	if got := look(t, i)["key"]; got.State != doctor.Fail {
		t.Errorf("another key: %+v", got)
	}
	i.Keys = right
	if _, err := raw.ExecContext(t.Context(), `INSERT INTO dkim_key (workspace_id, domain, selector, algorithm, public, sealed, state, unseen, created_at)
		SELECT workspace_id, 'example.com', 's1', 'rsa', '', 'abcd', 'found', false, 0 FROM channel`); err != nil {
		t.Fatal(err)
	}
	if got := look(t, i)["key"]; got.State != doctor.Fail || !strings.Contains(got.Said, "s1._domainkey.example.com") {
		t.Errorf("a key for mail that does not open: %+v", got)
	}
}

// Rows that the database itself would refuse are found.
func TestDamagedDatabase(t *testing.T) {
	i, raw := patient(t)
	if i.DB.Name() != "sqlite" {
		t.Skip("PostgreSQL checks its files itself")
	}
	conn, err := raw.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, q := range []string{"PRAGMA ignore_check_constraints = 1", "UPDATE conversation SET status = 'enchanted'"} {
		if _, err := conn.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if got := look(t, i)["integrity"]; got.State != doctor.Fail {
		t.Errorf("%+v", got)
	}
}

// A mailbox that a provider lets Parley into says whether it still does, and what to do.
func TestMailboxesOfProviders(t *testing.T) {
	i, raw := patient(t)
	run := func(q string, args ...any) {
		t.Helper()
		if _, err := raw.ExecContext(t.Context(), fmt.Sprintf(q, args...)); err != nil {
			t.Fatal(err)
		}
	}
	const check = "desk@example.com sign-in"
	run(`UPDATE channel SET kind = 'email', address = 'desk@example.com', config = '{"sign_in":"password"}'`)
	if got, ok := look(t, i)[check]; ok {
		t.Errorf("by a password: %+v", got)
	}
	run(`UPDATE channel SET config = '{"sign_in":"google"}'`)
	is := func(what string, state doctor.State, said, todo string) {
		t.Helper()
		if got := look(t, i)[check]; got.State != state || !strings.Contains(got.Said, said) || !strings.Contains(got.Do, todo) {
			t.Errorf("%s: %+v", what, got)
		}
	}
	is("not connected", doctor.Fail, "Google was never asked to let Parley into desk@example.com", "press Connect with Google at desk@example.com")
	var id int64
	if err := raw.QueryRowContext(t.Context(), `SELECT id FROM channel`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	sealed, err := i.Keys.Seal([]byte(`{"access":"a","refresh":"r"}`), store.Grant{Channel: desk.ChannelID(id)}.SealedFor())
	if err != nil {
		t.Fatal(err)
	}
	run(`INSERT INTO oauth_grant (workspace_id, channel_id, provider, mailbox, sealed, version, renew_at, problem, connected_at, renewing_until)
		SELECT workspace_id, id, 'google', 'desk@example.com', '%x', 1, %d, '', 0, 0 FROM channel`, sealed, time.Now().Add(time.Hour).UnixMicro())
	is("connected", doctor.OK, "its token is renewed after", "")
	run(`UPDATE oauth_grant SET renew_at = %d`, time.Now().Add(-48*time.Hour).UnixMicro())
	is("connected, and not running", doctor.OK, "renewed when it is used", "")
	run(`UPDATE oauth_grant SET renew_at = %d`, time.Now().Add(-70*24*time.Hour).UnixMicro())
	is("not used for long", doctor.Warn, "not used for 70 days", "press Test now")
	run(`UPDATE oauth_grant SET problem = 'Google asks the owner to sign in again.'`)
	is("revoked", doctor.Fail, "no more: Google asks the owner to sign in again.", "press Reconnect at desk@example.com")
	run(`UPDATE oauth_grant SET problem = '', sealed = 'abcd'`)
	is("another key", doctor.Fail, "does not open", "master key")
	run(`UPDATE channel SET disabled = TRUE`)
	if got, ok := look(t, i)[check]; ok {
		t.Errorf("switched off: %+v", got)
	}
}
