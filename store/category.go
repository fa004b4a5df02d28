package store

import (
	"time"

	"parley/desk"
)

func scanCategory(scan func(...any) error) (c desk.Category, err error) {
	err = scan(&c.ID, &c.Name, &c.Disabled)
	return c, err
}

// Category returns a closing category of the workspace, also one that is no
// longer used.
func (tx *Tx) Category(id desk.CategoryID) (desk.Category, error) {
	return one(tx, "category", scanCategory, `SELECT id, name, disabled FROM closing_category WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// Categories returns the closing categories of the workspace, by name.
func (tx *Tx) Categories() ([]desk.Category, error) {
	return collect(tx, scanCategory, `SELECT id, name, disabled FROM closing_category WHERE workspace_id = ? ORDER BY folded, id`, tx.scope.Workspace)
}

// SaveCategory adds or changes a category; one with the same folded name is a conflict.
func (tx *WriteTx) SaveCategory(c desk.Category, folded string, now time.Time) error {
	n, err := scanInt(tx.row(`SELECT count(*) FROM closing_category WHERE workspace_id = ? AND folded = ? AND id <> ?`, tx.scope.Workspace, folded, c.ID).Scan)
	if err != nil {
		return err
	}
	if n > 0 {
		return desk.Errorf(desk.Conflict, "There is a category with this name already.")
	}
	return tx.exec(`INSERT INTO closing_category (workspace_id, id, name, folded, disabled, created_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded, disabled = excluded.disabled
		WHERE closing_category.workspace_id = excluded.workspace_id`, tx.scope.Workspace, c.ID, c.Name, folded, c.Disabled, micros(now))
}
