import * as cheerio from "cheerio";
import ExcelJS from "exceljs";

export const handler = async ({ html }) => {
  const $ = cheerio.load(html);
  const rows = $("tr")
    .map((_, row) => [
      $(row)
        .find("td")
        .map((__, cell) => $(cell).text())
        .get(),
    ])
    .get();
  const book = new ExcelJS.Workbook();
  book.addWorksheet("Rows").addRows(rows);
  const read = new ExcelJS.Workbook();
  await read.xlsx.load(await book.xlsx.writeBuffer());
  const values = [];
  read.getWorksheet("Rows").eachRow((row) => values.push(row.values.slice(1)));
  return { title: $("title").text(), values };
};
