package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// answerWithin is how long a notification that was mailed can be answered by mail.
const answerWithin = 14 * 24 * time.Hour

// answering is an answer by mail to a notification, once it is known whose it is.
type answering struct {
	*store.WriteTx // as the member sees the workspace
	to             store.Notification
	by             desk.Member
	mailed         time.Time
	conversation   desk.Conversation
	text           string
	note           bool
	files          []desk.AttachmentID
	key            string
}

// held is why an answer is not sent, with what the desk said of it.
type held struct {
	why  desk.UnsentReason
	said string
}

// receiveAnswer takes in what came to the signed address of a notification. It is the
// member's word only when it is proven to be from their address; then it goes on as if
// they had written it in the composer. What is not sent becomes their draft, or a note
// where they have one; what is not proven stays in the ledger. It never is a
// customer's message.
func (a *App) receiveAnswer(ctx context.Context, tx *store.WriteTx, acc channel.Account, entry *store.RawEvent, in inbound) error {
	n, err := tx.Notification(in.Answered.ID)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return refuse(tx, acc, entry, in, "It answers a notification that is not known any more.")
	}
	if err != nil {
		return err
	}
	m, err := tx.Member(n.User)
	switch {
	case err != nil && desk.KindOf(err) != desk.NotFound:
		return err
	case err != nil || !m.Active:
		return refuse(tx, acc, entry, in, "It answers a notification of somebody who is not in the team any more.")
	case in.Auto != "":
		return refuse(tx, acc, entry, in, "A program answered a notification. Nothing was sent to the customer.")
	}
	// A proof of one domain is no proof of who wrote under another name there.
	if in.Origin.Proof != desk.ProofProven || in.From.ID != store.FoldEmail(m.Email) {
		return a.holdAnswer(tx, acc, entry, in, n, held{why: desk.UnsentUnproven})
	}
	ans, why, err := a.readAnswer(tx, n, m, in)
	if err != nil {
		return err
	}
	if why.why == "" {
		var sent Result
		sent, why, err = a.sendAnswer(ctx, ans)
		if err != nil {
			return err
		}
		if why.why == "" {
			return noteSent(tx, acc, entry, in, sent)
		}
	}
	if ans.conversation.ID != 0 && (ans.text != "" || len(ans.files) > 0) {
		kept, err := a.keepAnswer(ctx, ans)
		if err != nil {
			return err
		}
		why.said = strings.TrimSpace(why.said + " " + kept)
	}
	return a.holdAnswer(tx, acc, entry, in, n, why)
}

// readAnswer finds out what a proven member wants to say where, and why it cannot be said.
func (a *App) readAnswer(tx *store.WriteTx, n store.Notification, m desk.Member, in inbound) (ans answering, why held, err error) {
	by := m.Actor()
	ans = answering{
		WriteTx: tx.In(store.Scope{Workspace: tx.Scope().Workspace, User: m.User, Inboxes: by.Inboxes, View: by.View, Teams: by.Teams}),
		to:      n, by: m, mailed: in.Answered.Mailed, key: answerKey(n, in),
	}
	all, err := letterOf(tx.Tx, n)
	if err != nil {
		return ans, held{}, err
	}
	if n.Conversation == 0 || several(all) {
		return ans, held{why: desk.UnsentSeveral}, nil
	}
	c, err := ans.Conversation(n.Conversation)
	if err == nil {
		c, err = ans.Survivor(c)
	}
	switch {
	case desk.KindOf(err) == desk.NotFound && err != nil, err == nil && !by.Role.May(desk.MayAnswer):
		return ans, held{why: desk.UnsentNoAccess}, nil
	case err != nil:
		return ans, held{}, err
	}
	ans.conversation = c
	ans.text, ans.note = cutNote(in.Answered.Words)
	for _, f := range in.files {
		if err := ans.InsertAttachment(f, Uploader(by), a.now()); err != nil {
			return ans, held{}, err
		}
		ans.files = append(ans.files, f.ID)
	}
	switch {
	case ans.text == "" && len(ans.files) == 0:
		why.why = desk.UnsentEmpty
	case a.now().Sub(ans.mailed) > answerWithin:
		why.why = desk.UnsentExpired
	case !in.Answered.Sure:
		why.why = desk.UnsentUnclear
	case command.MatchString(ans.text):
		why.why = desk.UnsentCommand
	case !ans.note && c.Assignee != 0 && c.Assignee != m.User && c.AssignedAt.After(ans.mailed):
		why.why = desk.UnsentTaken
	}
	return ans, why, nil
}

// NoteMark begins an answer by mail that is to be a note for the team.
const NoteMark = "#note"

// command is a first line that looks as if it were to do something. Mails do nothing
// but to answer and to write notes.
var command = regexp.MustCompile(`^#\pL[\pL\d_-]*[ \t]*(?:\n|$)`)

// cutNote returns the text of an answer, and whether it is to be a note.
func cutNote(words string) (text string, note bool) {
	words = strings.TrimSpace(words)
	if len(words) < len(NoteMark) || !strings.EqualFold(words[:len(NoteMark)], NoteMark) {
		return words, false
	}
	rest := words[len(NoteMark):]
	if rest != "" && !strings.ContainsAny(rest[:1], " \t\r\n:") {
		return words, false
	}
	return strings.TrimSpace(strings.TrimPrefix(rest, ":")), true
}

// answerKey is the same for every copy of one mail, by whatever way it comes.
func answerKey(n store.Notification, in inbound) string {
	sum := sha256.Sum256([]byte(strconv.FormatInt(n.ID, 10) + "\n" + in.Dedupe))
	return "mail-" + hex.EncodeToString(sum[:16])
}

// sendAnswer gives the command that the composer would give.
func (a *App) sendAnswer(ctx context.Context, ans answering) (Result, held, error) {
	var cmd desk.Command = desk.Note{Text: ans.text, Files: ans.files, ClientID: ans.key}
	if !ans.note {
		cmd = desk.Reply{Text: ans.text, Files: ans.files, ClientID: ans.key, Seen: desk.LastMessageBy(ans.mailed)}
	}
	r, err := a.execute(ans.as(ctx), ans.WriteTx, &ans.conversation, []desk.Command{cmd})
	e, refused := errors.AsType[*desk.Error](err)
	if !refused || e.Kind == desk.Internal {
		return r, held{}, err
	}
	if details, _ := e.Details.(map[string]any); details["news"] != nil {
		return r, held{why: desk.UnsentSince}, nil
	}
	return r, held{desk.UnsentRefused, e.Message}, nil
}

// as returns a context in which the member acts.
func (ans answering) as(ctx context.Context) context.Context {
	act := from(ctx)
	act.Actor, act.job, act.finished, act.request = ans.by.Actor(), nil, nil, request{}
	return context.WithValue(ctx, key{}, act)
}

// noteSent notes in entry what became of an answer that was sent.
func noteSent(tx *store.WriteTx, acc channel.Account, entry *store.RawEvent, in inbound, sent Result) error {
	entry.State, entry.Conversation, entry.Message = store.RawMessage, sent.Conversation.ID, sent.Message
	if len(sent.Events) == 0 { // it came by another way, too
		entry.State, entry.Reason = store.RawDuplicate, "This message had arrived before."
	}
	if err := tx.ReleaseInbound(acc.ID, in.Dedupe); err != nil {
		return err
	}
	_, err := tx.ClaimInbound(acc.ID, in.Dedupe, sent.Message)
	return err
}

// maxKept is up to how many bytes an answer becomes a draft.
const maxKept = 200_000

const draftNow = "It is your draft in the conversation now."

// keepAnswer makes what was not sent the member's draft, or a note where they have a
// draft, and says which.
func (a *App) keepAnswer(ctx context.Context, ans answering) (kept string, err error) {
	if len(ans.text) > maxKept {
		return "", nil
	}
	mode := "reply"
	if ans.note {
		mode = "note"
	}
	d, err := ans.Draft(ans.conversation.ID, mode)
	if err != nil {
		return "", err
	}
	if d.Revision != 0 && d.Text == ans.text { // the same mail came again
		return draftNow, nil
	}
	if strings.TrimSpace(d.Text) == "" && len(d.Files) == 0 {
		d.Text, d.Files, d.Revision, d.UpdatedAt = ans.text, ans.files, d.Revision+1, a.now()
		stored, err := ans.SaveDraft(d)
		if err != nil || !stored {
			return "", orLost(err)
		}
		return draftNow, nil
	}
	note := desk.Note{Text: "*Answered by mail, and not sent:*\n\n" + ans.text, Files: ans.files, ClientID: ans.key}
	_, err = a.execute(ans.as(ctx), ans.WriteTx, &ans.conversation, []desk.Command{note})
	if e, refused := errors.AsType[*desk.Error](err); refused && e.Kind != desk.Internal {
		return "", nil
	}
	return "You have another draft there, so it is a note in the conversation now.", err
}

// heldReasons say why an answer was not sent, and what to do.
var heldReasons = map[desk.UnsentReason]string{
	desk.UnsentUnproven: "Nothing proves that the answer is from you: it must come from your own address, through a mail server that signs for its domain (DKIM). If it was you, answer in Parley. If it was not, somebody else has the address that answers to this notification go to, and could do nothing with it.",
	desk.UnsentSeveral:  "That notification is not of one conversation, so it is not known whom to answer. Answer in Parley.",
	desk.UnsentNoAccess: "You do not see that conversation any more, or may not answer in it. Ask an admin.",
	desk.UnsentExpired:  "A notification can be answered for 14 days. Answer in Parley.",
	desk.UnsentUnclear:  "Your words stand between or below what they quote, or beside it, and nothing of a notification is sent to a customer. Write above the quoted mail, or take what you wrote from Parley.",
	desk.UnsentEmpty:    "There are no new words in the answer. Write them above the quoted mail.",
	desk.UnsentCommand:  "A mail answers the customer, or is a note for the team if it begins with " + NoteMark + ". It can do nothing else.",
	desk.UnsentSince:    "Somebody wrote in the conversation since the notification. Look at it first.",
	desk.UnsentTaken:    "Somebody else has been given the conversation since the notification.",
	desk.UnsentRefused:  "The conversation cannot be answered as it is.",
}

// maxHeldMails is how many mails an hour tell one member that an answer was not sent.
// After that only the bell does.
const maxHeldMails = 5

// holdAnswer keeps an answer that is not sent in the ledger, and tells the member: under
// the bell, and by a mail to the address that they have here, whoever wrote.
func (a *App) holdAnswer(tx *store.WriteTx, acc channel.Account, entry *store.RawEvent, in inbound, n store.Notification, h held) error {
	said := heldReasons[h.why]
	if h.why == desk.UnsentRefused && h.said != "" {
		said = h.said
	} else if h.said != "" {
		said += " " + h.said
	}
	before, err := tx.Decided(n.User, desk.NewsAnswerHeld, maxHeldMails)
	if err != nil {
		return err
	}
	forms := []desk.Form{desk.FormApp, desk.FormMail}
	if len(before) == maxHeldMails && a.now().Sub(before[maxHeldMails-1].At) < time.Hour {
		forms = forms[:1]
	}
	e := desk.Event{
		Workspace: tx.Scope().Workspace, Conversation: n.Conversation, At: a.now(), By: desk.Actor{Kind: desk.ActorSystem}, Command: desk.CommandID(a.number()),
		Fact: desk.AnswerHeld{User: n.User, Notification: n.ID, Why: h.why},
	}
	if err := tx.AppendEvent(&e); err != nil {
		return err
	}
	news := store.Notification{User: n.User, Kind: desk.NewsAnswerHeld, Conversation: n.Conversation, At: a.now(), Cause: e.Seq, Reason: said}
	if h.why == desk.UnsentNoAccess {
		news.Conversation = 0
	}
	if err := a.decide(tx, news, desk.Verdict{Forms: forms}); err != nil {
		return err
	}
	entry.Conversation = n.Conversation
	return refuse(tx, acc, entry, in, "An answer to a notification was not sent. "+said)
}
