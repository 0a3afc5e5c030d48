"""Types formulas into LibreOffice Calc as a person does, and writes what the cells show.

It speaks to a LibreOffice that listens on a pipe. The first line of standard input is JSON:
the pipe, the formulas, what stands in cell A2, the texts that the cells should come to show,
now and later, and folders by name. It types the formulas into a new sheet, saves it into each
folder, and prints the cells. After a second line it opens each file again as a person's
LibreOffice does, calculates all anew, and prints the cells of each.
"""

import json
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.document.UpdateDocMode import ACCORDING_TO_CONFIG


def options(**given):
    made = []
    for name, value in given.items():
        p = PropertyValue()
        p.Name, p.Value = name, value
        made.append(p)
    return tuple(made)


def desktop(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            there = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
            return there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)
        except NoConnectException:
            time.sleep(0.2)
    sys.exit("LibreOffice does not listen")


def cells(document, count):
    sheet, shown = document.Sheets.getByIndex(0), []
    for row in range(count):
        cell = sheet.getCellByPosition(1, row)
        shown.append({"text": cell.String, "number": cell.Value, "error": cell.getError()})
    return shown


def settled(document, count, want):
    """Waits until links are updated, which happens after the document is there."""
    for _ in range(25):
        shown = cells(document, count)
        if [c["text"] for c in shown][:len(want)] == want:
            break
        time.sleep(0.2)
    return shown


def main():
    asked = json.loads(sys.stdin.readline())
    program, formulas = desktop(asked["pipe"]), asked["formulas"]
    document = program.loadComponentFromURL("private:factory/scalc", "_blank", 0, options(Hidden=True))
    sheet = document.Sheets.getByIndex(0)
    sheet.getCellRangeByName("A2").String = asked["a2"]
    for row, formula in enumerate(formulas):
        sheet.getCellByPosition(1, row).FormulaLocal = formula
    typed = settled(document, len(formulas), asked["want"])
    for folder in asked["folders"].values():
        document.storeToURL(folder + "/cells.xlsx", options(FilterName="Calc MS Excel 2007 XML"))
        document.storeToURL(folder + "/cells.ods", options(FilterName="calc8"))
    document.close(True)
    print(json.dumps({"typed": typed}), flush=True)
    sys.stdin.readline()
    shown = {}
    for name, folder in asked["folders"].items():
        for kind in ("ods", "xlsx"):
            document = program.loadComponentFromURL("%s/cells.%s" % (folder, kind), "_blank", 0,
                                                    options(Hidden=True, UpdateDocMode=ACCORDING_TO_CONFIG))
            if name == "trusted":
                settled(document, len(formulas), asked["later"])
            document.calculateAll()
            shown["%s %s" % (name, kind)] = cells(document, len(formulas))
            document.close(True)
    print(json.dumps(shown))
    try:
        program.terminate()
    except Exception:  # it is gone before it answers
        pass


main()
