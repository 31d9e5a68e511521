//! A table as an XLSX with one sheet of texts: what came as a workbook goes back as one, its letters and long numbers
//! whole whatever the spreadsheet's language, and no cell of it can run as a formula.

use std::io::{Seek, Write};

use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const ROOT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Left out" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const BOOK_PARTS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const SHEET: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#;
/// More no cell of a workbook holds.
const LONGEST_CELL_CHARS: usize = 32_767;

/// Writes rows as they come.
pub(super) struct WorkbookOut<W: Write + Seek> {
    zip: ZipWriter<W>,
    row: String,
}

impl<W: Write + Seek> WorkbookOut<W> {
    /// Begins the workbook.
    pub(super) fn begin(to: W) -> std::io::Result<Self> {
        let mut zip = ZipWriter::new(to);
        let options = SimpleFileOptions::default();
        for (name, content) in [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", ROOT),
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", BOOK_PARTS),
        ] {
            zip.start_file(name, options).map_err(io)?;
            zip.write_all(content.as_bytes())?;
        }
        zip.start_file("xl/worksheets/sheet1.xml", options.large_file(true)).map_err(io)?;
        zip.write_all(SHEET.as_bytes())?;
        Ok(Self { zip, row: String::new() })
    }

    /// Writes one row.
    pub(super) fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> std::io::Result<()> {
        self.row.clear();
        self.row.push_str("<row>");
        for cell in cells {
            if cell.is_empty() {
                self.row.push_str("<c/>");
                continue;
            }
            self.row.push_str(r#"<c t="inlineStr"><is><t xml:space="preserve">"#);
            for c in cell.chars().take(LONGEST_CELL_CHARS) {
                match c {
                    '&' => self.row.push_str("&amp;"),
                    '<' => self.row.push_str("&lt;"),
                    '>' => self.row.push_str("&gt;"),
                    // What XML cannot hold.
                    c if (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
                    c => self.row.push(c),
                }
            }
            self.row.push_str("</t></is></c>");
        }
        self.row.push_str("</row>");
        self.zip.write_all(self.row.as_bytes())
    }

    /// Ends the workbook and gives back what it was written to.
    pub(super) fn finish(mut self) -> std::io::Result<W> {
        self.zip.write_all(b"</sheetData></worksheet>")?;
        self.zip.finish().map_err(io)
    }
}

fn io(error: ZipError) -> std::io::Error {
    match error {
        ZipError::Io(e) => e,
        _ => std::io::Error::other("workbook"),
    }
}
