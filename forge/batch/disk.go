package batch

import (
	"cmp"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

// disk keeps the clones within their budget. It belongs to the goroutine of the run.
type disk struct {
	o      Options
	clones map[string]*clone // by the name of the clone
	bytes  int64             // of all of them
}

// clone is a clone as it was seen last.
type clone struct {
	git.Clone
	inUse int // works that may use it
}

func newDisk(o Options) *disk { return &disk{o: o, clones: map[string]*clone{}} }

// open looks at what earlier runs left.
func (d *disk) open() error {
	if d.o.DiskBudget == 0 {
		return nil
	}
	list, err := d.o.Clones.Clones()
	if err != nil {
		return err
	}
	for _, c := range list {
		d.clones[c.Name] = &clone{Clone: c}
		d.bytes += c.Bytes
	}
	d.shrink()
	return nil
}

// use keeps the clones of a project from being dropped.
func (d *disk) use(p model.Project) {
	for _, name := range d.names(p) {
		if d.clones[name] == nil {
			d.clones[name] = &clone{Clone: git.Clone{Name: name}}
		}
		d.clones[name].inUse++
	}
}

// free says that a work does not need the clones of its project any more, and drops what
// is to be dropped.
func (d *disk) free(p model.Project, drop bool) {
	for _, name := range d.names(p) {
		c := d.clones[name]
		if c.inUse--; c.inUse > 0 {
			continue
		}
		if drop {
			d.drop(c)
			continue
		}
		if d.o.DiskBudget == 0 {
			delete(d.clones, name)
			continue
		}
		before := c.Bytes
		c.Bytes, c.Used = d.o.Clones.CloneBytes(name), time.Now()
		d.bytes += c.Bytes - before
	}
	d.shrink()
}

// names are those of the clones of a project, each once.
func (d *disk) names(p model.Project) (names []string) {
	if d.o.Clones == nil {
		return nil
	}
	for _, r := range p.Repositories {
		if name := git.CloneName(r.URL); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// shrink drops clones until the others are within the budget.
func (d *disk) shrink() {
	if d.o.DiskBudget == 0 || d.bytes <= d.o.DiskBudget {
		return
	}
	var idle []*clone
	for _, c := range d.clones {
		if c.inUse == 0 {
			idle = append(idle, c)
		}
	}
	slices.SortFunc(idle, func(a, b *clone) int { return cmp.Or(a.Used.Compare(b.Used), cmp.Compare(a.Name, b.Name)) })
	for _, c := range idle {
		if d.bytes <= d.o.DiskBudget {
			return
		}
		d.drop(c)
	}
}

// drop drops a clone. One that cannot be dropped is said to the log, and counts on.
func (d *disk) drop(c *clone) {
	if err := d.o.Clones.Drop(c.Name); err != nil {
		d.o.Log.Warn("a clone cannot be dropped", "clone", c.Name, "error", err)
		return
	}
	d.bytes -= c.Bytes
	delete(d.clones, c.Name)
}
