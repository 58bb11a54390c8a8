"""A terminal's screen as a picture. Needs Pillow (python3-pil) and a font with blocks (fonts-dejavu-core)."""
from PIL import Image, ImageDraw, ImageFont

FONT, BOLD = (f"/usr/share/fonts/truetype/dejavu/DejaVuSansMono{b}.ttf" for b in ("", "-Bold"))
SIZE = 14
PAPER, INK = (30, 30, 30), (215, 215, 215)
COLOURS = {"red": (240, 100, 90), "green": (120, 200, 110), "brown": (230, 190, 80), "yellow": (230, 190, 80)}  # brown: a Linux console's yellow


def picture(screen, path):
    """`screen` is pyte's."""
    plain, bold = ImageFont.truetype(FONT, SIZE), ImageFont.truetype(BOLD, SIZE)
    left, top, right, bottom = plain.getbbox("█")
    width, height = round(plain.getlength("M")), bottom - top
    image = Image.new("RGB", (screen.columns * width, screen.lines * height), PAPER)
    draw = ImageDraw.Draw(image)
    for y in range(screen.lines):
        for x in range(screen.columns):
            cell = screen.buffer[y][x]
            ink, paper = COLOURS.get(cell.fg, INK), PAPER
            if cell.reverse:
                ink, paper = paper, ink
            draw.rectangle((x * width, y * height, (x + 1) * width - 1, (y + 1) * height - 1), fill=paper)
            if cell.data.strip():
                draw.text((x * width, y * height - top), cell.data, font=bold if cell.bold else plain, fill=ink)
    image.save(path)
