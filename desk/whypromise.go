package desk

func (DueChanged) why(Event, []Event) string {
	return "What is due follows from what the inbox promises, from the priority, and from the hours that count."
}

func (f TargetPassed) why(Event, []Event) string { return thresholdWhy(f.Metric) }

func (f DeadlinePassed) why(Event, []Event) string { return thresholdWhy(f.Metric) }

func thresholdWhy(m Metric) string {
	if m == MetricResolution {
		return "The inbox promises to settle the matter by then."
	}
	return "The inbox promises an answer by then."
}

func (UpdateMissed) why(Event, []Event) string {
	return "The policy of the inbox says how often the customer of a complex matter hears from the team."
}

func (f Escalated) why(Event, []Event) string {
	switch f.Reason {
	case EscalatedSLA:
		return "The deadline for an answer passed."
	case EscalatedFollowUps:
		return "The customer wrote again as often as the inbox lets them wait for."
	case EscalatedKeyword:
		return "The customer used a word that escalates in this inbox."
	case EscalatedTag:
		return "It got a tag that escalates in this inbox."
	case EscalatedPriority:
		return "In this inbox what becomes urgent is escalated."
	case EscalatedRating:
		return "In this inbox it is escalated when a customer gives a low rating."
	case EscalatedSentiment:
		return "In this inbox it is escalated when a customer seems frustrated to the AI agent."
	}
	return ""
}

func (f NotificationSent) why(Event, []Event) string {
	if f.Kind == string(NewsRating) {
		return "Whoever is asked for help here hears of a low rating, also when the matter has ended. The conversation stays as it is."
	}
	return "Whoever has a duty for the inbox is told, and whoever is responsible."
}

func (f PriorityChanged) why(e Event, with []Event) string {
	switch {
	case escalates(with):
		return "An escalation raises the priority."
	case e.By.Kind == ActorSystem && f.Reason == "VIP":
		return "The rules of this inbox make conversations of VIPs urgent."
	case e.By.Kind == ActorSystem && f.Reason == escalationWords[EscalatedTag]:
		return "In this inbox a tag says how urgent it is at least."
	}
	return ""
}

func (TagAdded) why(_ Event, with []Event) string {
	if escalates(with) {
		return "In this inbox what is escalated gets a tag."
	}
	return ""
}

// escalates reports whether one of the facts is an escalation.
func escalates(all []Event) bool {
	for _, e := range all {
		if _, ok := e.Fact.(Escalated); ok {
			return true
		}
	}
	return false
}
