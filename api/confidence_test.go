package api_test

import (
	"slices"
	"strings"
	"testing"

	"parley/api/apitest"
)

// F3-88: an AI agent says how sure an answer is. The team reads it with the message, 0
// too; the customer does not, in their chat, its feed or a transcript; nobody of the team
// can say it, and an inbox is not given a script that says something else.
func TestConfidenceIsTheTeams(t *testing.T) {
	h := chats(t)
	settings := func(confidence any) apitest.Answer {
		return h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"settings": object{
			"ai_agent_id": "script", "ai_name": "Otto",
			"ai_script": []object{{"when": "open", "say": "At nine.", "confidence": confidence}, {"when": "sunday", "say": "At ten.", "confidence": 0}, {"say": "Tell me more."}},
		}})
	}
	for _, wrong := range []any{1.01, -0.5, "high"} {
		settings(wrong).Problem(422)
	}
	settings(0.85).Want(200)
	v := h.S.Visitor(h.front.Key)
	feed := v.Feed("")
	for _, said := range [][2]string{{"When do you open?", "At nine."}, {"And on Sunday?", "At ten."}, {"Thanks", "Tell me more."}} {
		v.Write(said[0])
		feed.Next("the answer "+said[1], func(f apitest.Frame) bool { return strings.Contains(f.Raw, said[1]) })
	}
	talk := v.Messages("0").Conversation.ID
	var line struct {
		Items []struct {
			Event   struct{ Kind string }
			Message *struct {
				Author     struct{ Kind string }
				Confidence *float64
			}
		}
	}
	h.Owner.Do("GET", h.Path("/conversations/"+talk+"/timeline"), nil).Want(200).Read(&line)
	var sure []float64
	for _, i := range line.Items {
		if m := i.Message; i.Event.Kind == "message_posted" && m.Author.Kind == "ai" {
			if m.Confidence == nil {
				sure = append(sure, -1)
				continue
			}
			sure = append(sure, *m.Confidence)
		}
	}
	if !slices.Equal(sure, []float64{0.85, 0, -1}) {
		t.Errorf("the AI agent was sure %v", sure)
	}
	told := h.seen(v, feed, "", nil) + h.Owner.Do("GET", h.Path("/conversations/"+talk+"/transcript?format=text"), nil).Want(200).Body
	if strings.Contains(strings.ToLower(told), "confidence") || strings.Contains(told, "0.85") || !strings.Contains(told, "At nine.") {
		t.Errorf("the customer is told %s", told)
	}
	h.Owner.Do("POST", h.Path("/conversations/"+talk+"/reply"), object{"text": "I am sure.", "confidence": 0.9}).Problem(422)
}
