package desk_test

import "parley/desk"

// forwards are the mails that teammates forwarded: whose those are that wait for
// somebody to say so.
type forwards struct {
	whose map[desk.MessageID]desk.ContactID
}

func (f *forwards) wait(m desk.MessageID, who desk.ContactID) {
	if f.whose == nil {
		f.whose = map[desk.MessageID]desk.ContactID{}
	}
	f.whose[m] = who
}

func (o *office) Originator(id desk.MessageID) (desk.Originator, error) {
	_, err := o.Message(id)
	who := o.whose[id]
	return desk.Originator{Contact: who, Blocked: o.blocked[who]}, err
}

func (o *office) keepForward(f desk.ForwardTaken) {
	o.messages[f.Message].Contact = f.Contact
	delete(o.whose, f.Message)
}
