package desk

import "time"

// AutoClose is the timer's: it closes a conversation whose rest began at Since
// and has lasted for as long as the inbox says (E16: T14, T18, and 5.6).
type AutoClose struct {
	Since time.Time `json:"since"`
}

// Decide does nothing when the rest ended or began anew meanwhile.
func (t AutoClose) Decide(c Conversation, w World) ([]Fact, error) {
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	since, at := inbox.Settings.CloseAt(c)
	if at.IsZero() || !since.Equal(t.Since) || at.After(w.Now()) {
		return nil, nil
	}
	asked, err := c.asked(w, inbox, false, true)
	return append([]Fact{StatusChanged{Old: c.Status, New: StatusClosed, Implicit: true, Source: SourceTimer, Was: c.rest()}}, asked...), err
}

// CloseAt returns since when nothing happens to c and when it is therefore closed
// by itself; zero when it is not. A resolved conversation rests since it was
// resolved. An open one rests since somebody of the team wrote last: the
// customer's message ends that, an AI's or an automatic one changes nothing, and a
// snooze comes first. Conversations that began before the setting was switched on
// are left alone.
func (s LifeSettings) CloseAt(c Conversation) (since, at time.Time) {
	switch {
	case c.Status == StatusResolved && s.AutoCloseAfterResolved > 0:
		return c.ResolvedAt, c.ResolvedAt.Add(minutes(s.AutoCloseAfterResolved))
	case !c.Active() || s.AutoCloseInactive <= 0 || c.InactiveSince.IsZero() || asleep(c) || c.AIState == AIActive:
		return time.Time{}, time.Time{}
	case c.OpenedAt.Before(s.AutoCloseInactiveFrom):
		return time.Time{}, time.Time{}
	}
	return c.InactiveSince, c.InactiveSince.Add(minutes(s.AutoCloseInactive))
}

// ArchiveAt returns since when c is closed and when it is therefore archived by
// itself; zero when it is not. What automatic mail made was never closed by anybody.
func (s LifeSettings) ArchiveAt(c Conversation) (since, at time.Time) {
	if c.Status != StatusClosed || c.Archived() || c.ClosedSource == SourceAutomatic || s.AutoArchiveAfterClosed <= 0 || c.ClosedAt.IsZero() {
		return time.Time{}, time.Time{}
	}
	return c.ClosedAt, c.ClosedAt.Add(minutes(s.AutoArchiveAfterClosed))
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }
