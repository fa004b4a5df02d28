package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/store/storetest"
)

// A full disk: what cannot be kept is refused with a sentence that says why,
// what is there can be read, and when there is room again everything goes on
// with nothing lost.
func TestFullDisk(t *testing.T) {
	if strings.HasPrefix(storetest.URL(t), "postgres") {
		t.Skip("PostgreSQL keeps its own disk")
	}
	disk := smallDisk(t)
	w := newCrashWorld(t)
	w.args = []string{"serve", "--data", disk, "--database", filepath.Join(disk, "parley.db"), "--listen", strings.TrimPrefix(w.base, "http://"), "--smtp", w.smtp, "--trust-proxy", "127.0.0.0/8"}
	w.start()
	w.setUp()
	chat, _, _ := strings.Cut(w.key, " ")
	var visitor struct{ Token string }
	w.must("POST", "/api/widget/v1/"+chat+"/session", map[string]string{}, &visitor)
	post := func(id, text string) (int, string) {
		return w.post("/api/widget/v1/"+chat+"/messages", map[string]string{"client_id": id, "text": text}, "Authorization", "Bearer "+visitor.Token)
	}
	if code, b := post("client-first-1", "there is room"); code != http.StatusOK {
		t.Fatalf("with room: %d %s", code, b)
	}
	ballast := fill(t, disk)

	// The write-ahead log has some room of its own; then nothing is acknowledged.
	accepted := []string{"there is room"}
	refusal := ""
	for i := 0; refusal == ""; i++ {
		text := strings.Repeat("x", 4000) + w.next("full")
		code, b := post(w.next("client-full"), text)
		switch code {
		case http.StatusOK:
			accepted = append(accepted, text)
		case http.StatusServiceUnavailable:
			refusal = b
		default:
			t.Fatalf("on a full disk: %d %s", code, b)
		}
		if i > 5000 {
			t.Fatal("the disk never got full")
		}
	}
	if !strings.Contains(refusal, "disk is full") {
		t.Errorf("the refusal does not say why: %s", refusal)
	}
	if !w.call("GET", w.ws+"/conversations", nil, nil) {
		t.Error("what is there cannot be read while the disk is full")
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		if code, b := post("client-after-1", "there is room again"); code == http.StatusOK {
			accepted = append(accepted, "there is room again")
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("with room again: %d %s", code, b)
		}
	}
	w.kill() // and it is on the disk
	w.start()
	there := map[string]int{}
	for _, m := range w.everything() {
		there[m.Text]++
	}
	for _, text := range accepted {
		if there[text] != 1 {
			t.Errorf("an acknowledged message is there %d times", there[text])
		}
	}
	w.kill()
}

// post is call that returns what was answered.
func (w *crashWorld) post(path string, in any, header ...string) (int, string) {
	b, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	req, err := http.NewRequest("POST", w.base+path, bytes.NewReader(b))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	// Every message comes from another address: this is not about rate limits.
	req.Header.Set("X-Forwarded-For", "198.18.1."+strings.TrimLeft(w.next(""), "-"))
	resp, err := w.client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err = io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// smallDisk mounts a file system of 16 MB. That needs root, as CI has.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if os.Getuid() != 0 {
		t.Skip("mounting a small disk needs root")
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("mounting a small disk is not allowed here: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	})
	return dir
}

// fill writes a file until the disk is full and returns its name.
func fill(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "ballast")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := bytes.Repeat([]byte("x"), 1<<16); ; {
		if _, err := f.Write(block); err != nil {
			return name
		}
	}
}
