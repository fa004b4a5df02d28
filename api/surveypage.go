package api

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"parley/app"
	"parley/desk"
)

// ratingWords are the five answers, the worst first.
var ratingWords = [...]string{"Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied"}

// maxAnswer is how large the form may be that a customer sends, in bytes.
const maxAnswer = 16 << 10

// surveys serves the page on which a customer says how satisfied they are. Opening it
// changes nothing, since programs open the links of mails, too; its button does. It
// stands at app.SurveyPath.
func (s *server) surveys(mux *http.ServeMux) {
	mux.HandleFunc("GET /r/{secret}", func(w http.ResponseWriter, r *http.Request) {
		found, err := s.openSurvey(r)
		if err != nil {
			s.writePage(w, surveyTemplate, surveyPage{pageProblem: pageProblem{err}})
			return
		}
		s.writePage(w, surveyTemplate, surveyPage{Survey: &found})
	})
	mux.HandleFunc("POST /r/{secret}", func(w http.ResponseWriter, r *http.Request) {
		found, err := s.openSurvey(r)
		if err != nil {
			s.writePage(w, surveyTemplate, surveyPage{pageProblem: pageProblem{err}})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxAnswer)
		if err := r.ParseForm(); err != nil {
			s.writePage(w, surveyTemplate, surveyPage{Survey: &found, pageProblem: pageProblem{desk.Errorf(desk.Invalid, "This answer could not be read. Write less, and send it again.")}})
			return
		}
		score, _ := strconv.Atoi(r.PostForm.Get("score")) // none is 0, which is refused
		comment := r.PostForm.Get("comment")
		if err := s.App.Rate(r.Context(), found.Workspace, found.Conversation, desk.Rate{Survey: found.ID, Score: score, Comment: comment}); err != nil {
			found.Comment = comment
			s.writePage(w, surveyTemplate, surveyPage{Survey: &found, pageProblem: pageProblem{err}})
			return
		}
		http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
	})
}

// openSurvey finds the question of an address and slows down who asks too often.
func (s *server) openSurvey(r *http.Request) (app.Survey, error) {
	if err := s.slow(s.Widget, network(s.remote(r))); err != nil {
		return app.Survey{}, err
	}
	return s.App.OpenSurvey(r.Context(), r.PathValue("secret"))
}

// surveyPage is what the page shows.
type surveyPage struct {
	*app.Survey
	pageProblem
}

// Answers are the words of the five answers, the best first.
func (surveyPage) Answers() (all []ratingAnswer) {
	for n := len(ratingWords); n > 0; n-- {
		all = append(all, ratingAnswer{n, ratingWords[n-1]})
	}
	return all
}

// ratingAnswer is one of the five answers.
type ratingAnswer struct {
	Score int
	Word  string
}

// Given is the word of the answer that stands, or "".
func (p surveyPage) Given() string {
	if p.Survey == nil || p.Score < 1 || p.Score > len(ratingWords) {
		return ""
	}
	return ratingWords[p.Score-1]
}

// surveyPolicy allows the page's own style and its form, and nothing else.
var surveyPolicy = func() string {
	sum := sha256.Sum256([]byte(surveyStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}()

const surveyStyle = `:root{color-scheme:light dark;--bg:#f1f0ea;--card:#fff;--ink:#1a211e;--mut:#59615c;--line:#868980;--accent:#0f6a57;--on:#fff;--said:#e9f2ee;--bad:#9a3021;--badbg:#fae7e2}
@media (prefers-color-scheme:dark){:root{--bg:#101413;--card:#191f1d;--ink:#e8ece8;--mut:#a3ada8;--line:#75807a;--accent:#6cc7b0;--on:#0c1a16;--said:#1c2b26;--bad:#f2a192;--badbg:#3b1d17}}
*{box-sizing:border-box}body{margin:0;font:16px/1.5 ui-sans-serif,system-ui,"Segoe UI","Noto Sans",sans-serif;background:var(--bg);color:var(--ink)}
main{max-width:520px;margin:8vh auto;padding:28px 24px;background:var(--card);border-radius:16px}
@media (max-width:560px){main{margin:0;min-height:100vh;border-radius:0}}
h1{font:500 27px/1.25 Georgia,"Iowan Old Style",serif;letter-spacing:-.02em;margin:0 0 6px}p{margin:0 0 16px}.of{color:var(--mut)}
.said,.bad{padding:10px 14px;border-radius:10px}.said{background:var(--said)}.bad{background:var(--badbg);color:var(--bad)}
fieldset{border:0;margin:0 0 18px;padding:0}legend,.lab{display:block;font-weight:600;padding:0;margin:0 0 8px}
.a{display:flex;gap:12px;align-items:center;min-height:48px;padding:4px 14px;border:1px solid var(--line);border-radius:10px;margin:0 0 8px;cursor:pointer}
.a:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
.a input{width:20px;height:20px;margin:0;accent-color:var(--accent)}
textarea{width:100%;min-height:96px;padding:10px 12px;font:inherit;color:inherit;background:none;border:1px solid var(--line);border-radius:10px;resize:vertical}
button{font:inherit;font-weight:600;min-height:48px;padding:0 22px;margin:18px 0 0;border:0;border-radius:10px;background:var(--accent);color:var(--on);cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}.a:focus-within:has(:focus-visible){outline:2px solid var(--accent);outline-offset:2px}.a input:focus-visible{outline:none}`

var surveyTemplate = template.Must(template.New("survey").Parse(strings.ReplaceAll(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<link rel="icon" href="/mark.svg" type="image/svg+xml"><title>How satisfied are you?</title><style>STYLE</style></head>
<body><main>
{{- if .Survey}}<h1>How satisfied are you with our help?</h1><p class="of">{{.Inbox}}</p>
{{- with .Trouble}}<p class="bad" role="alert">{{.}}</p>{{end}}
{{- if .Given}}<p class="said" role="status">Thank you. Your answer is: <strong>{{.Given}}</strong>.{{if .Open}} You can change it for a day after you gave it first.{{end}}</p>{{end}}
{{- if .Open}}<form method="post">
<fieldset><legend>{{if .Given}}Change your answer{{else}}Choose an answer{{end}}</legend>
{{- $score := .Score}}{{range .Answers}}<label class="a"><input type="radio" name="score" value="{{.Score}}" required{{if eq .Score $score}} checked{{end}}>{{.Word}}</label>{{end}}</fieldset>
<label class="lab" for="comment">What should we know? (optional)</label><textarea id="comment" name="comment" maxlength="2000">{{.Comment}}</textarea>
<button>{{if .Given}}Change the answer{{else}}Send the answer{{end}}</button></form>
{{- else if not .Given}}<p>This question can no longer be answered. Write to us if you want to tell us something.</p>{{end}}
{{- else}}<h1>This cannot be shown</h1><p class="bad" role="alert">{{.Trouble}}</p>{{end}}
</main></body></html>`, "STYLE", surveyStyle)))
