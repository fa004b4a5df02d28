package app

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/channel"
	"parley/desk"
	"parley/internal/auth"
	"parley/store"
)

// Change changes settings of the actor's workspace: fn and an audit fact in one
// transaction, and then every screen is told to look again.
func (a *App) Change(ctx context.Context, subject, id, action string, fn func(*store.WriteTx) error) error {
	act := from(ctx)
	return a.write(ctx, func(tx *store.WriteTx) error {
		if err := fn(tx); err != nil {
			return err
		}
		e := desk.Event{
			Workspace: act.Workspace, At: a.now(), By: act.Actor, Command: desk.CommandID(a.number()),
			Fact: desk.SettingsChanged{Subject: subject, ID: id, Action: action},
		}
		if err := tx.AppendEvent(&e); err != nil {
			return err
		}
		return a.enqueue(tx, desk.Conversation{}, e)
	})
}

// MemberChange is what may be changed of a member; nil leaves it.
type MemberChange struct {
	Role    *desk.Role
	Active  *bool
	Inboxes *[]desk.InboxID
	ProfileChange
}

// ChangeMember changes somebody's role, membership or inboxes. A workspace keeps
// an active owner; only owners make and unmake owners. Whoever is deactivated
// gives their active conversations back (2.3).
func (a *App) ChangeMember(ctx context.Context, user desk.UserID, ch MemberChange) error {
	act := from(ctx)
	var leaves bool
	err := a.write(ctx, func(tx *store.WriteTx) error {
		m, err := tx.Member(user)
		if err != nil {
			return err
		}
		could, hours := m.Active && m.Available(), m.Hours
		wasOwner := m.Role == desk.RoleOwner && m.Active
		if ch.Role != nil {
			if !ch.Role.Valid() {
				return field("role", "A role is owner, admin, agent or viewer.")
			}
			m.Role = *ch.Role
		}
		leaves = ch.Active != nil && m.Active && !*ch.Active
		if ch.Active != nil {
			m.Active = *ch.Active
		}
		if ch.Inboxes != nil {
			if err := areInboxes(tx, *ch.Inboxes); err != nil {
				return err
			}
			m.Inboxes = *ch.Inboxes
		}
		if err := ch.ProfileChange.apply(&m.Profile); err != nil {
			return err
		}
		isOwner := m.Role == desk.RoleOwner && m.Active
		if wasOwner != isOwner && !act.Role.May(desk.MayOwn) {
			return desk.Errorf(desk.Forbidden, "Only an owner can make or unmake an owner.")
		}
		if err := tx.SaveMember(m, a.now()); err != nil {
			return err
		}
		all, err := tx.Members()
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(m desk.Member) bool { return m.Role == desk.RoleOwner && m.Active }) {
			return desk.Errorf(desk.Conflict, "A workspace needs an owner. Make somebody else an owner first.")
		}
		if !reflect.DeepEqual(hours, m.Hours) {
			if err := a.moveDigest(tx, m.User); err != nil {
				return err
			}
		}
		return a.memberChanged(ctx, tx, m, leaves, could)
	})
	if err != nil || !leaves {
		return err
	}
	_, err = a.GiveBack(System(ctx, act.Workspace), user)
	return err
}

// InboxChange is what may be said of an inbox; nil leaves it.
type InboxChange struct {
	Name     *string
	Settings *desk.InboxSettings // all the settings of its own
	Change   json.RawMessage     // or some of them, see desk.ChangeSettings
	Preset   string              // values to begin with, when it is made
	Members  *[]desk.UserID
}

// CreateInbox makes an inbox. How it groups messages is fixed from then on.
func (a *App) CreateInbox(ctx context.Context, name string, grouping desk.Grouping, ch InboxChange) (desk.Inbox, error) {
	i := desk.Inbox{ID: desk.InboxID(a.number()), Name: desk.Line(name, maxNameRunes), Grouping: grouping}
	if i.Name == "" {
		return i, field("name", "Give the inbox a name.")
	}
	if grouping != desk.PerThread && grouping != desk.PerContact {
		return i, field("grouping", "An inbox groups messages per_thread or per_contact.")
	}
	if ch.Preset != "" {
		preset, err := desk.FindPreset(ch.Preset, grouping)
		if err != nil {
			return i, err
		}
		i.Own = preset.Settings
	}
	return i, a.Change(ctx, "inbox", i.ID.String(), "created", func(tx *store.WriteTx) error {
		w, err := tx.Workspace()
		if err != nil {
			return err
		}
		i.OpenScope = w.OpenScope
		if ch.Change == nil {
			ch.Change = json.RawMessage(`{}`)
		}
		if err := a.changeSettings(tx, &i, ch); err != nil {
			return err
		}
		if err := tx.SaveInbox(i, a.now()); err != nil {
			return err
		}
		if ch.Members == nil {
			return nil
		}
		return setMembers(tx, i.ID, *ch.Members)
	})
}

// areInboxes refuses ids that are no inboxes of the workspace.
func areInboxes(tx *store.WriteTx, ids []desk.InboxID) error {
	for _, id := range ids {
		if _, err := tx.Inbox(id); err != nil {
			return err
		}
	}
	return nil
}

// setMembers says who sees an inbox and refuses ids that are no members.
func setMembers(tx *store.WriteTx, inbox desk.InboxID, users []desk.UserID) error {
	for _, user := range users {
		if _, err := tx.Member(user); err != nil {
			return err
		}
	}
	return tx.SetInboxMembers(inbox, users)
}

// ChangeInbox renames an inbox, changes its settings or who sees it.
func (a *App) ChangeInbox(ctx context.Context, id desk.InboxID, ch InboxChange) error {
	return a.Change(ctx, "inbox", id.String(), "changed", func(tx *store.WriteTx) error {
		i, err := tx.Inbox(id)
		if err != nil {
			return err
		}
		if ch.Name != nil {
			if i.Name = desk.Line(*ch.Name, maxNameRunes); i.Name == "" {
				return field("name", "Give the inbox a name.")
			}
		}
		if err := a.changeSettings(tx, &i, ch); err != nil {
			return err
		}
		if err := tx.SaveInbox(i, a.now()); err != nil || ch.Members == nil {
			return err
		}
		return setMembers(tx, id, *ch.Members)
	})
}

// SaveChannel connects a channel to an inbox, or with an id changes it. Config
// holds the settings; a secret that is absent keeps the value it had.
func (a *App) SaveChannel(ctx context.Context, inbox desk.InboxID, id desk.ChannelID, kind, name string, config json.RawMessage, disabled *bool) (desk.Channel, error) {
	action := "changed"
	var old desk.Channel
	if id == 0 {
		action, id = "created", desk.ChannelID(a.number())
	} else if err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { old, err = tx.Channel(id); return err }); err != nil {
		return old, err
	}
	c := old
	if action == "created" {
		c = desk.Channel{ID: id, Inbox: inbox, Kind: kind, CreatedAt: a.now()}
	}
	if name != "" || c.Name == "" {
		c.Name = desk.Line(name, maxNameRunes)
	}
	if disabled != nil {
		c.Disabled = *disabled
	}
	ch, err := a.Channel(c.Kind)
	if err != nil {
		return c, err
	}
	if c.Name == "" {
		c.Name = ch.Kind().Title
	}
	if config != nil {
		if err := a.setConfig(ch, &c, config); err != nil {
			return c, err
		}
		c.LastError = ""
	}
	err = a.Change(ctx, "channel", c.ID.String(), action, func(tx *store.WriteTx) error {
		if _, err := tx.Inbox(c.Inbox); err != nil {
			return err
		}
		if err := tx.SaveChannel(c); err != nil || config == nil {
			return err
		}
		if aliased, ok := channel.As[channel.Aliased](ch); ok {
			if err := tx.SaveAliases(c, aliased.Aliases(c.Config)); err != nil {
				return err
			}
		}
		return tx.ForgetProblems(c.ID)
	})
	if a.DB.Violates(err) != "" {
		return c, desk.Errorf(desk.Conflict, "%s is connected already, here or in another workspace of this install. Use another address.", c.Address)
	}
	return c, err
}

// setConfig checks a channel's settings and parts the secrets from the rest.
func (a *App) setConfig(ch channel.Channel, c *desk.Channel, config json.RawMessage) error {
	given, secrets := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if err := json.Unmarshal(config, &given); err != nil {
		return desk.Errorf(desk.Invalid, "The settings of a channel are a JSON object.")
	}
	for name := range given {
		if !hasSetting(ch.Kind().Config, name) {
			return desk.Errorf(desk.Invalid, "This channel has no setting %q.", desk.Line(name, 60))
		}
	}
	if len(c.Sealed) > 0 {
		plain, err := a.Keys.Open(c.Sealed, []byte(c.ID.String()))
		if err != nil {
			return err
		}
		if err := json.Unmarshal(plain, &secrets); err != nil {
			return err
		}
	}
	for _, name := range ch.Kind().Secrets {
		if v, ok := given[name]; ok && string(v) != `""` && string(v) != "null" {
			secrets[name] = v
		}
		delete(given, name)
	}
	full := map[string]json.RawMessage{}
	for k, v := range given {
		full[k] = v
	}
	for k, v := range secrets {
		full[k] = v
	}
	all, err := json.Marshal(full)
	if err != nil {
		return err
	}
	if err := ch.Check(all); err != nil {
		return refusal(err)
	}
	address, err := ch.Address(all)
	if err != nil {
		return refusal(err)
	}
	if address != "" {
		c.Address = address
	} else if c.Address == "" {
		c.Address = auth.NewKey()
	}
	if c.Config, err = json.Marshal(given); err != nil {
		return err
	}
	plain, err := json.Marshal(secrets)
	if err != nil {
		return err
	}
	c.Sealed, err = a.Keys.Seal(plain, []byte(c.ID.String()))
	return err
}

// refusal makes a sentence of what a channel says about its settings.
func refusal(err error) error {
	s := err.Error()
	first, size := utf8.DecodeRuneInString(s)
	return desk.Errorf(desk.Invalid, "%c%s.", unicode.ToUpper(first), strings.TrimSuffix(s[size:], "."))
}

// hasSetting reports whether a channel's settings have one of a name.
func hasSetting(config any, name string) bool {
	t := reflect.TypeOf(config)
	for i := range t.NumField() {
		if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); tag == name {
			return true
		}
	}
	return false
}

// SecretsSet returns which secrets of a channel have a value.
func (a *App) SecretsSet(c desk.Channel) ([]string, error) {
	if len(c.Sealed) == 0 {
		return nil, nil
	}
	plain, err := a.Keys.Open(c.Sealed, []byte(c.ID.String()))
	if err != nil {
		return nil, err
	}
	secrets := map[string]json.RawMessage{}
	if err := json.NewDecoder(bytes.NewReader(plain)).Decode(&secrets); err != nil {
		return nil, err
	}
	names := make([]string, 0, len(secrets))
	for name := range secrets {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

// RemoveChannel takes a channel out of use; its conversations stay.
func (a *App) RemoveChannel(ctx context.Context, id desk.ChannelID) error {
	if _, err := a.Disconnect(ctx, id); err != nil {
		return err
	}
	return a.Change(ctx, "channel", id.String(), "removed", func(tx *store.WriteTx) error {
		if _, err := tx.Channel(id); err != nil {
			return err
		}
		return tx.RemoveChannel(id)
	})
}

// CreateToken makes a personal API token of the actor; its text is shown once.
func (a *App) CreateToken(ctx context.Context, name string, scopes []string, expires time.Time) (store.Token, string, error) {
	act := from(ctx)
	t := store.Token{
		Workspace: act.Workspace, ID: desk.TokenID(a.number()), User: act.User, Name: desk.Line(name, maxNameRunes), Scopes: scopes,
		CreatedAt: a.now(), ExpiresAt: expires.UTC().Truncate(time.Microsecond),
	}
	if t.Name == "" {
		return t, "", field("name", "Give the token a name, so that you know later what uses it.")
	}
	if len(scopes) == 0 {
		return t, "", field("scopes", "Choose what the token may do.")
	}
	if !expires.IsZero() && expires.Before(a.now()) {
		return t, "", field("expires_at", "This time has passed.")
	}
	text, hash := auth.NewToken("pat_")
	return t, text, a.Change(ctx, "token", t.ID.String(), "created", func(tx *store.WriteTx) error { return tx.InsertToken(t, hash) })
}

// RevokeToken ends a token of the actor.
func (a *App) RevokeToken(ctx context.Context, id desk.TokenID) error {
	return a.Change(ctx, "token", id.String(), "removed", func(tx *store.WriteTx) error {
		return tx.RevokeToken(from(ctx).User, id, a.now())
	})
}

// Token returns what a token's text gives access to.
func (a *App) Token(ctx context.Context, text string) (t store.Token, err error) {
	err = a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { t, err = tx.TokenByHash(auth.HashToken(text)); return err })
	now := a.now()
	switch {
	case err != nil && desk.KindOf(err) != desk.NotFound:
		return t, err
	case err != nil || !t.RevokedAt.IsZero():
		return t, desk.Errorf(desk.Unauthenticated, "This token is not valid. Make a new one in your settings.")
	case !t.ExpiresAt.IsZero() && t.ExpiresAt.Before(now):
		return t, desk.Errorf(desk.Unauthenticated, "This token expired on %s. Make a new one in your settings.", t.ExpiresAt.Format("2 January 2006"))
	case now.Sub(t.UsedAt) < touchEvery:
		return t, nil
	}
	return t, a.DB.Write(ctx, store.Scope{Workspace: t.Workspace}, func(tx *store.WriteTx) error { return tx.TouchToken(t.ID, now) })
}

// SaveTag makes a tag, or with an id changes it.
func (a *App) SaveTag(ctx context.Context, t desk.Tag) (desk.Tag, error) {
	action := "changed"
	if t.ID == 0 {
		action, t.ID = "created", desk.TagID(a.number())
	}
	if t.Name = desk.Line(t.Name, 60); t.Name == "" {
		return t, field("name", "Give the tag a name.")
	}
	return t, a.Change(ctx, "tag", t.ID.String(), action, func(tx *store.WriteTx) error {
		if action == "changed" {
			if _, err := tx.TagByID(t.ID); err != nil {
				return err
			}
		}
		return tx.SaveTag(t, strings.ToLower(t.Name))
	})
}

// DeleteTag removes a tag that nothing has.
func (a *App) DeleteTag(ctx context.Context, id desk.TagID) error {
	return a.Change(ctx, "tag", id.String(), "removed", func(tx *store.WriteTx) error {
		if _, err := tx.TagByID(id); err != nil {
			return err
		}
		return tx.DeleteTag(id)
	})
}

// ContactChange is what may be changed of a contact; nil leaves it.
type ContactChange struct {
	Name, Email, Phone *string
	Language           *string
	Zone               *string // a time zone by its name; "" is not known
	Tags               *[]desk.TagID
	ShowPictures       *bool
	Unsubscribed       *bool // they want no mail that they did not ask for
}

// ChangeContact corrects what we know of a contact.
func (a *App) ChangeContact(ctx context.Context, id desk.ContactID, ch ContactChange) error {
	return a.Change(ctx, "contact", id.String(), "changed", func(tx *store.WriteTx) error {
		c, err := tx.Contact(id)
		if err == nil && c.MergedInto != 0 {
			err = contactGone(c.MergedInto)
		}
		if err != nil {
			return err
		}
		if ch.Name != nil {
			c.Name = desk.Line(*ch.Name, maxNameRunes)
		}
		if ch.Email != nil {
			if c.Email = store.FoldEmail(*ch.Email); c.Email != "" && !desk.IsEmail(c.Email) {
				return field("email", "This is not a mail address.")
			}
		}
		if ch.Phone != nil {
			c.Phone = desk.Line(*ch.Phone, 40)
		}
		if ch.Language != nil {
			c.Language = ""
			if l := desk.FoldSkills([]string{*ch.Language}); len(l) > 0 {
				c.Language = l[0]
			}
		}
		if ch.Zone != nil {
			if _, err := desk.LoadZone(*ch.Zone); err != nil && *ch.Zone != "" {
				return field("time_zone", "There is no such time zone. Write it like Europe/Stockholm.")
			}
			c.Zone, c.ZoneSaid = *ch.Zone, *ch.Zone != ""
		}
		if ch.ShowPictures != nil {
			c.ShowPictures = *ch.ShowPictures
		}
		if ch.Unsubscribed != nil {
			if err := a.decline(tx, id, *ch.Unsubscribed); err != nil {
				return err
			}
		}
		if ch.Tags != nil {
			for _, tag := range *ch.Tags {
				if _, err := tx.TagByID(tag); err != nil {
					return err
				}
			}
			if err := a.tagContact(ctx, tx, id, *ch.Tags); err != nil {
				return err
			}
		}
		return tx.SaveContact(c)
	})
}
