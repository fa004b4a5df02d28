package mail

import (
	"regexp"
	"strings"
)

var autoSubject = regexp.MustCompile(`(?i)^\s*(auto(matic)?[ -]?(reply|response|answer)|out of (the )?office|abwesenheit|automatische (antwort|reaktion)|réponse automatique|respuesta automática|risposta automatica|automatiskt svar|frånvaro|autosvar|automatische beantwoording)\b`)

var bounceSubject = regexp.MustCompile(`(?i)^\s*(undeliver(ed|able)|delivery (status|failure|has failed)|mail delivery (failed|system)|returned mail|failure notice|unzustellbar)`)

// Auto says why a mail counts as automatic: "bounce", "reply" or "bulk"; "" for
// what a person wrote (RFC 3834, and what software does that does not keep it).
func Auto(m *Mail, envelopeFrom string, hasEnvelope bool) string {
	h := m.Header
	get := func(name string) string { return strings.ToLower(strings.TrimSpace(h.Get(name))) }
	from := strings.ToLower(m.From.Email)
	local, _, _ := strings.Cut(from, "@")
	contentType := get("Content-Type")
	switch {
	case strings.HasPrefix(contentType, "multipart/report"), local == "mailer-daemon", local == "postmaster" && bounceSubject.MatchString(m.Subject),
		hasEnvelope && envelopeFrom == "" && bounceSubject.MatchString(m.Subject), h.Get("X-Failed-Recipients") != "":
		return "bounce"
	}
	submitted := get("Auto-Submitted")
	switch {
	case submitted != "" && submitted != "no" && !strings.HasPrefix(submitted, "no;"), h.Get("X-Autoreply") != "", h.Get("X-Autorespond") != "",
		get("Precedence") == "auto_reply", autoSubject.MatchString(m.Subject), hasEnvelope && envelopeFrom == "":
		return "reply"
	}
	switch get("Precedence") {
	case "bulk", "junk", "list":
		return "bulk"
	}
	if h.Get("List-Id") != "" || h.Get("X-Loop") != "" {
		return "bulk"
	}
	return ""
}
