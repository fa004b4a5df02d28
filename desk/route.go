package desk

import "time"

// Candidates is what the store found for an incoming message (specification 1.3).
type Candidates struct {
	Thread   *Conversation // of a known thread key or signed address; PerThread only
	IsReply  bool          // it answers something, known to us or not
	Active   *Conversation // the contact's active primary conversation in the scope
	Resolved *Conversation // the newest resolved primary one
	Closed   *Conversation // the newest closed primary one, neither archived nor merged
}

// Routing is where an incoming message goes.
type Routing struct {
	Join     *Conversation  // append here; nil opens a new conversation
	Previous ConversationID // the one before, when a new one opens
	Ignore   string         // why the message is not kept as a message, or ""
}

// Route is the inbound routing algorithm: step 4 for inboxes that group by
// thread, step 5 for those that group by contact. A closed conversation that
// may not be reopened any more is followed by a new one (T22, T23).
func Route(inbox Inbox, c Candidates, now time.Time) Routing {
	if inbox.Grouping == PerThread {
		return routeThread(inbox, c, now)
	}
	for _, open := range []*Conversation{c.Active, c.Resolved} {
		if open != nil {
			return Routing{Join: open}
		}
	}
	if c.Closed != nil && inbox.Reopens(*c.Closed, now) {
		return Routing{Join: c.Closed}
	}
	if inbox.Settings.TrackingDisabled {
		return Routing{Ignore: untracked}
	}
	if c.Closed == nil {
		return Routing{}
	}
	return Routing{Previous: c.Closed.ID}
}

// untracked is why a message that would begin a conversation is ignored (F0-29).
const untracked = "This inbox does not take new conversations. Switch tracking on in its settings."

func routeThread(inbox Inbox, c Candidates, now time.Time) Routing {
	t := c.Thread
	if t == nil {
		if c.IsReply && inbox.Settings.IgnoreUnknownThreads {
			return Routing{Ignore: "It answers in a thread that began before Parley knew it."}
		}
		if inbox.Settings.TrackingDisabled {
			return Routing{Ignore: untracked}
		}
		return Routing{}
	}
	if t.Status == StatusClosed && !t.Archived() && !inbox.Reopens(*t, now) {
		if inbox.Settings.TrackingDisabled {
			return Routing{Ignore: untracked}
		}
		return Routing{Previous: t.ID}
	}
	return Routing{Join: t}
}
