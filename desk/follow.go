package desk

import "slices"

// Follow makes the actor hear how a conversation goes on.
type Follow struct{}

// Unfollow ends that.
type Unfollow struct{}

// Followed says that somebody follows it now.
type Followed struct {
	User UserID `json:"user_id"`
}

// Unfollowed says that somebody follows it no more.
type Unfollowed struct {
	User UserID `json:"user_id"`
}

// maxFollowers is how many people follow one conversation, at most.
const maxFollowers = 100

// Decide does nothing for who follows already.
func (Follow) Decide(c Conversation, w World) ([]Fact, error) {
	user := w.Actor().User
	if user == 0 || slices.Contains(c.Followers, user) {
		return nil, nil
	}
	if len(c.Followers) >= maxFollowers {
		return nil, Errorf(Invalid, "A conversation can have %d followers. Ask one of them to stop following first.", maxFollowers)
	}
	return []Fact{Followed{user}}, nil
}

// Decide does nothing for who does not follow.
func (Unfollow) Decide(c Conversation, w World) ([]Fact, error) {
	user := w.Actor().User
	if !slices.Contains(c.Followers, user) {
		return nil, nil
	}
	return []Fact{Unfollowed{user}}, nil
}

func (f Followed) apply(c *Conversation, _ Event) {
	if !slices.Contains(c.Followers, f.User) {
		c.Followers = append(slices.Clone(c.Followers), f.User)
		slices.Sort(c.Followers)
	}
}

func (f Followed) standing(c *Conversation, _ Event, _ World) (string, error) {
	if !slices.Contains(c.Followers, f.User) {
		return "they stopped following since", nil
	}
	return "", nil
}
func (f Followed) inverse(*Conversation) Fact { return Unfollowed(f) }

func (f Unfollowed) apply(c *Conversation, _ Event) {
	c.Followers = slices.DeleteFunc(slices.Clone(c.Followers), func(u UserID) bool { return u == f.User })
}

func (f Unfollowed) standing(c *Conversation, _ Event, _ World) (string, error) {
	if slices.Contains(c.Followers, f.User) {
		return "they follow it again since", nil
	}
	return "", nil
}
func (f Unfollowed) inverse(*Conversation) Fact { return Followed(f) }
