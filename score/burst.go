package score

import (
	"fmt"

	"github.com/tributary-oss/tributary/model"
)

// bursts warns of bidders more than half of whose credits lie in the last tenth of the
// window, in whole months. A window of fewer than ten months has no such tenth.
func (s *scorer) bursts() (list []string) {
	tenth := s.tender.Window.Months / 10
	if tenth == 0 {
		return nil
	}
	from := model.MonthOf(s.tender.Window.Period().Until) - model.Month(tenth)
	all, late := make([]int64, len(s.bidders)), make([]int64, len(s.bidders))
	for _, project := range s.tender.ProjectNames() {
		for _, c := range s.cells[project] {
			for _, i := range s.owners(c) {
				credit := s.amount(c).Credit
				all[i] += credit
				if c.Month >= from {
					late[i] += credit
				}
			}
		}
	}
	for i, b := range s.bidders {
		if 2*late[i] > all[i] {
			list = append(list, fmt.Sprintf("%s: %d %% of the credits lie in the last %d of %d months (rule %s)",
				s.name(b), late[i]*100/all[i], tenth, s.tender.Window.Months, ruleBurst))
		}
	}
	return list
}
