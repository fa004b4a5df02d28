package app

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"parley/desk"
	"parley/store"
)

// SaveCategory makes a closing category, or with an id changes it.
func (a *App) SaveCategory(ctx context.Context, c desk.Category) (desk.Category, error) {
	action := "changed"
	if c.ID == 0 {
		action, c.ID = "created", desk.CategoryID(a.number())
	}
	if c.Name = desk.Line(c.Name, 60); c.Name == "" {
		return c, field("name", "Give the category a name.")
	}
	return c, a.Change(ctx, "category", c.ID.String(), action, func(tx *store.WriteTx) error {
		if action == "changed" {
			if _, err := tx.Category(c.ID); err != nil {
				return err
			}
		}
		return tx.SaveCategory(c, strings.ToLower(c.Name), a.now())
	})
}

// WorkspaceChange is what may be changed of a workspace; nil leaves it.
type WorkspaceChange struct {
	Name     *string
	Settings json.RawMessage // laid over the workspace's settings of inboxes, see desk.ChangeSettings
}

// ChangeWorkspace renames the workspace and changes what its inboxes inherit.
func (a *App) ChangeWorkspace(ctx context.Context, ch WorkspaceChange) error {
	return a.Change(ctx, "workspace", WorkspaceFrom(ctx).String(), "changed", func(tx *store.WriteTx) error {
		w, err := tx.Workspace()
		if err != nil {
			return err
		}
		if ch.Name != nil {
			if w.Name = desk.Line(*ch.Name, maxNameRunes); w.Name == "" {
				return field("name", "Give the workspace a name.")
			}
		}
		if ch.Settings != nil {
			if w.Settings, err = desk.ChangeSettings("", w.Settings, ch.Settings, a.now()); err != nil {
				return err
			}
			s, err := desk.EffectiveSettings("", w.Settings)
			if err != nil {
				return err
			}
			if err := checkRules(tx, s.AssignmentSettings); err != nil {
				return err
			}
			if err := checkPromise(tx.Tx, s.PromiseSettings); err != nil {
				return err
			}
			if err := inboxesAgree(tx, w); err != nil {
				return err
			}
		}
		return tx.SaveWorkspace(w, a.now())
	})
}

// inboxesAgree refuses settings that do not go together with what an inbox says itself.
func inboxesAgree(tx *store.WriteTx, w store.Workspace) error {
	all, err := tx.Inboxes()
	if err != nil {
		return err
	}
	for _, i := range all {
		if _, err := desk.ChangeSettings(i.Grouping, i.Own, json.RawMessage(`{}`), time.Time{}, w.Settings); err != nil {
			return desk.Errorf(desk.Invalid, "The inbox %s says otherwise: %s", i.Name, err.Error())
		}
	}
	return nil
}

// changeSettings lays a change over the settings of an inbox: Settings says all
// of them, Change some.
func (a *App) changeSettings(tx *store.WriteTx, i *desk.Inbox, ch InboxChange) error {
	if ch.Settings == nil && ch.Change == nil {
		return nil
	}
	w, err := tx.Workspace()
	if err != nil {
		return err
	}
	if ch.Settings != nil {
		if i.Own, err = json.Marshal(ch.Settings); err != nil {
			return err
		}
	}
	if ch.Change != nil {
		if i.Own, err = desk.ChangeSettings(i.Grouping, i.Own, ch.Change, a.now(), w.Settings); err != nil {
			return err
		}
	}
	if i.Settings, err = desk.EffectiveSettings(i.Grouping, w.Settings, i.Own); err != nil {
		return err
	}
	if err := checkRules(tx, i.Settings.AssignmentSettings); err != nil {
		return err
	}
	return checkPromise(tx.Tx, i.Settings.PromiseSettings)
}

// Standing returns a conversation as it is now, and its inbox.
func (a *App) Standing(ctx context.Context, id desk.ConversationID) (c desk.Conversation, inbox desk.Inbox, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		if c, err = tx.PeekConversation(id); err != nil {
			return err
		}
		inbox, err = tx.Inbox(c.Inbox)
		return err
	})
	return c, inbox, err
}
