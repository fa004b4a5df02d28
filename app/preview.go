package app

import (
	"context"
	"errors"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// Preview is a mail as whoever gets it will see it, and its files.
type Preview struct {
	channel.Preview
	Workspace desk.WorkspaceID
	Attached  []desk.Attachment // those that stand in the HTML are Inline
	Bcc       []desk.Address
}

// errPreviewed ends a transaction that was only to see what it would make.
var errPreviewed = errors.New("previewed")

// Preview returns the mail that a command would send. It is decided, stored and written
// as the mail itself will be, and then all of that is taken back: nothing leaves.
func (a *App) Preview(ctx context.Context, id desk.ConversationID, cmd desk.Command) (Preview, error) {
	return a.preview(ctx, func(tx *store.WriteTx) (Result, error) {
		old, err := tx.PeekConversation(id)
		if err != nil {
			return Result{}, err
		}
		return a.execute(ctx, tx, &old, []desk.Command{cmd})
	})
}

// PreviewStart is Preview of a mail that begins a conversation.
func (a *App) PreviewStart(ctx context.Context, s Start) (Preview, error) {
	s.Supersede = true
	return a.preview(ctx, func(tx *store.WriteTx) (Result, error) { return a.start(ctx, tx, s) })
}

func (a *App) preview(ctx context.Context, try func(*store.WriteTx) (Result, error)) (p Preview, err error) {
	err = a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error {
		r, err := try(tx)
		if err != nil {
			return err
		}
		if r.Message == 0 {
			return desk.Errorf(desk.Invalid, "Write something first: then it can be seen as it will arrive.")
		}
		// What is written is everybody's who sends it, whatever its author sees afterwards.
		out, m, err := a.outgoing(ctx, tx.In(store.Scope{Workspace: WorkspaceFrom(ctx)}).Tx, r.Message)
		if err != nil {
			return err
		}
		shows, ok := channel.As[channel.Previewer](out.Channel)
		if !ok {
			return desk.Errorf(desk.Invalid, "Only a mail has a preview. Choose a mail address of yours to send from.")
		}
		p.Workspace, p.Attached, p.Bcc = WorkspaceFrom(ctx), m.Files, m.Bcc
		if p.Preview, err = shows.Preview(out.Account, out.Message); err != nil {
			return err
		}
		return errPreviewed
	})
	if errors.Is(err, errPreviewed) {
		err = nil
	}
	return p, err
}
