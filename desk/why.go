package desk

// explained is a fact that can say which rule made it, for whoever wonders.
type explained interface {
	// why returns the rule in one sentence, or "" when somebody just did it. with
	// are all facts of the same command.
	why(e Event, with []Event) string
}

// Why returns the rule that made a fact, in one sentence, or "" when a person did
// it and nothing else led to it. with are the facts of the same command, in order.
func Why(e Event, with []Event) string {
	for _, other := range with {
		if _, ok := other.Fact.(Undone); ok && other.Version != e.Version {
			return "It puts back what was before the command that was taken back."
		}
	}
	if f, ok := e.Fact.(explained); ok {
		if rule := f.why(e, with); rule != "" {
			return rule
		}
	}
	switch e.By.Kind {
	case ActorUser, ActorContact:
		return ""
	case ActorAI:
		return "The AI agent of this inbox did it by itself."
	case ActorAutomation:
		return "A rule of this workspace did it."
	}
	return "Parley did it by itself, because of what happened before."
}

// ByHand reports whether a person did exactly this: neither a rule nor another
// event led to it.
func ByHand(e Event, with []Event) bool {
	return e.By.Kind == ActorUser && e.Cause == 0 && Why(e, with) == ""
}

func (f StatusChanged) why(e Event, _ []Event) string {
	switch {
	case !f.Implicit:
		return ""
	case f.New == StatusOpen && f.Source == SourceContact && f.Old == StatusPending:
		return "A customer's message ends the pause."
	case f.New == StatusOpen && f.Source == SourceContact:
		return "A customer's message opens the conversation again; the inbox says for how long after it was closed."
	case f.New == StatusOpen && f.Source == SourceAside:
		return "Somebody answered to whom it was forwarded."
	case f.Source == SourceBlocked:
		return "The customer was blocked, which closes what they have open."
	case f.Source == SourceContactMerge:
		return "Two customers were merged, and what the one who went had open where only one conversation may be was closed."
	case f.New == StatusOpen:
		return "In this inbox an answer opens a closed conversation again."
	case e.By.Kind == ActorSystem:
		return "The time that the inbox sets for it was over."
	}
	return "It follows from the message that was written."
}

func (Woken) why(e Event, _ []Event) string {
	if e.By.Kind == ActorSystem {
		return "The time until which it was snoozed was over."
	}
	return "Whoever writes wakes a snoozed conversation."
}

func (Unassigned) why(_ Event, with []Event) string {
	for _, other := range with {
		if s, ok := other.Fact.(StatusChanged); ok && s.Implicit && s.New == StatusOpen {
			return "In this inbox a reopened conversation goes back to nobody."
		}
	}
	return ""
}

func (f AsidePosted) why(Event, []Event) string {
	if f.Side == SideTeam {
		return ""
	}
	return "It answers what was forwarded, or is of somebody whom only that was sent to: the customer sees nothing of it."
}

func (f MessagePosted) why(Event, []Event) string {
	switch {
	case f.Author == AuthorAI:
		return "The AI agent answers in this inbox until somebody takes over."
	case f.Auto == "welcome":
		return "The inbox greets whoever begins a conversation."
	case f.Auto == AutoSurvey:
		return "The inbox asks its customers how satisfied they are when a conversation ends."
	case f.Auto == "closing":
		return "It is the last word that goes with the end of the conversation."
	case f.Author == AuthorAutomation && f.Side == SideTeam:
		return "A rule of this workspace sent it."
	}
	return ""
}

func (f DeliveryChanged) why(Event, []Event) string {
	switch {
	case f.Again:
		return ""
	case f.State == DeliveryWithheld:
		return "Nothing automatic leaves after somebody has taken over."
	}
	return "The channel said what became of the message."
}

func (f AITakenOver) why(Event, []Event) string {
	switch f.How {
	case ByAssignment:
		return "Whoever is made responsible answers instead of the AI agent."
	case ByReply:
		return "In this inbox the AI agent stops when somebody of the team answers."
	case ByFlag:
		return "In this inbox the AI agent stops when it asks for a person."
	case ByEscalation:
		return "An escalation asks for a person, so the AI agent stops."
	}
	return ""
}

func (f AIHandedBack) why(Event, []Event) string {
	if f.Implicit {
		return "When a customer begins anew, the AI agent of the inbox answers."
	}
	return ""
}

func (f AIFlagged) why(Event, []Event) string {
	switch f.Reason {
	case FlagAskedHuman:
		return "The customer asked the AI agent for a person."
	case FlagFrustrated:
		return "The customer seemed frustrated to the AI agent."
	case FlagComplex:
		return "It was too complex for the AI agent."
	case FlagSensitive:
		return "It is about something that the AI agent leaves to people."
	}
	return "The AI agent did not understand the customer."
}

func (f AIDiscarded) why(Event, []Event) string {
	if f.Why == DiscardEnded {
		return "The AI agent never writes into a conversation that has ended."
	}
	return "It was composed before somebody took over, so it was never sent."
}

func (AIWithheld) why(Event, []Event) string {
	return "Nothing automatic leaves after somebody has taken over."
}

func (f Archived) why(Event, []Event) string {
	if f.Implicit {
		return "The time after which the inbox archives what is closed was over."
	}
	return ""
}
