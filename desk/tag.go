package desk

import "slices"

// Label adds and removes tags. In the API it is the verb "tag".
type Label struct {
	Add    []string `json:"add,omitempty" maxItems:"20" doc:"Tags by id or name; a new name becomes a tag"`
	Remove []string `json:"remove,omitempty" maxItems:"20" doc:"Tags by id or name"`
}

// TagAdded says which tag it has now.
type TagAdded struct {
	Tag TagID `json:"tag_id"`
}

// TagRemoved says which tag it has no more.
type TagRemoved struct {
	Tag TagID `json:"tag_id"`
}

// Decide leaves out what is so already.
func (l Label) Decide(c Conversation, w World) ([]Fact, error) {
	var facts []Fact
	has := slices.Clone(c.Tags)
	for _, name := range l.Remove {
		tag, err := w.FindTag(name)
		if KindOf(err) == NotFound {
			continue // what nobody knows, nothing has
		}
		if err != nil {
			return nil, err
		}
		if i := slices.Index(has, tag); i >= 0 {
			has = slices.Delete(has, i, i+1)
			facts = append(facts, TagRemoved{tag})
		}
	}
	for _, name := range l.Add {
		tag, err := w.MakeTag(name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(has, tag) {
			has = append(has, tag)
			facts = append(facts, TagAdded{tag})
		}
	}
	if len(has) > 50 {
		return nil, Errorf(Invalid, "A conversation can have 50 tags. Remove one first.")
	}
	return facts, nil
}

func (f TagAdded) apply(c *Conversation, _ Event) {
	if !slices.Contains(c.Tags, f.Tag) {
		c.Tags = append(slices.Clone(c.Tags), f.Tag)
		slices.Sort(c.Tags)
	}
}

func (f TagAdded) standing(c *Conversation, _ Event, _ World) (string, error) {
	if !slices.Contains(c.Tags, f.Tag) {
		return "the tag was removed since", nil
	}
	return "", nil
}
func (f TagAdded) inverse(*Conversation) Fact { return TagRemoved(f) }

func (f TagRemoved) apply(c *Conversation, _ Event) {
	c.Tags = slices.DeleteFunc(slices.Clone(c.Tags), func(t TagID) bool { return t == f.Tag })
}

func (f TagRemoved) standing(c *Conversation, _ Event, _ World) (string, error) {
	if slices.Contains(c.Tags, f.Tag) {
		return "the tag was added again since", nil
	}
	return "", nil
}
func (f TagRemoved) inverse(*Conversation) Fact { return TagAdded(f) }
