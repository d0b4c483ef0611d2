"""What a file holds, whatever it is called: only what opens is kept, and a photo without what it tells of her."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

if TYPE_CHECKING:
    File = UploadedFile[Any]
else:
    File = UploadedFile

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# A phone of today takes 50 megapixels; what claims many more is made to fill the memory of who opens it.
MOST_PIXELS = 60_000_000
# A page of A4 at 250 points per inch: every stamp can be read.
LONGEST_SIDE = 3000
JPEG_QUALITY = 88
# Where the end of a PDF stands; some programs write a few lines after it.
PDF_TAIL = 2048

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def _starts_with(opening: str) -> Callable[[IO[bytes]], bool]:
    pattern = re.compile(opening.encode("latin-1"), re.DOTALL)
    return lambda file: pattern.match(file.read(16)) is not None


def _holds(part: str) -> Callable[[IO[bytes]], bool]:
    def check(file: IO[bytes]) -> bool:
        try:
            with zipfile.ZipFile(file) as parts:
                names = set(parts.namelist())
        except Exception:  # a damaged archive fails in many ways, none of which is ours
            return False
        # Macros are programs.
        return {"[Content_Types].xml", part} <= names and not any("vbaProject" in name for name in names)

    return check


def _as_it_is(file: File) -> File:
    return file


def _whole_pdf(file: File) -> File:
    """Return the PDF if it ends as one: with the place of its table of parts."""
    file.seek(max(0, (file.size or 0) - PDF_TAIL))
    body, end, _rest = file.read().rpartition(b"%%EOF")
    if not end or not (b"startxref" in body or b"/XRef" in body):
        raise not_open()
    return file


def _photo(format_name: str) -> Callable[[File], File]:
    def redrawn(file: File) -> File:
        return SimpleUploadedFile(file.name or "", _redrawn(file, format_name), file.content_type or "")

    return redrawn


def _redrawn(file: IO[bytes], format_name: str) -> bytes:
    """Return the photo drawn anew, upright and no larger than needed: its place, time and phone stay behind."""
    try:
        with Image.open(file, formats=(format_name,)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise too_many_pixels()
            image.verify()
        file.seek(0)
        with Image.open(file, formats=(format_name,)) as image:
            # A JPEG can be opened at a half or a quarter of its size.
            image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
            drawn = _in_plain_colours(image, format_name)
            # Smaller first: turning it needs the memory of two.
            drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            drawn = ImageOps.exif_transpose(drawn)
            # All that stands beside the picture: place, time, phone, comments.
            drawn.info = {}
            out = io.BytesIO()
            drawn.save(out, format_name, quality=JPEG_QUALITY, optimize=format_name == "JPEG")
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise too_many_pixels() from bomb
    except Exception as damage:  # a damaged picture fails in many ways, none of which is ours
        raise not_open() from damage
    return out.getvalue()


def _in_plain_colours(image: Image.Image, format_name: str) -> Image.Image:
    """Return the picture in colours that can be made smaller and need nothing beside them."""
    if format_name == "JPEG":
        return image if image.mode in ("L", "RGB") else image.convert("RGB")
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.point(lambda level: level * (1 / 256)).convert("L")
    if "transparency" in image.info:
        return image.convert("RGBA")
    plain = {"1": "L", "P": "RGB"}.get(image.mode, image.mode)
    return image if image.mode == plain else image.convert(plain)


# extension -> what it is served as, whether the content says it is that, and what we keep of it if it opens.
KINDS: dict[str, tuple[str, Callable[[IO[bytes]], bool], Callable[[File], File]]] = {
    ".pdf": ("application/pdf", _starts_with(r"%PDF-\d"), _whole_pdf),
    ".jpg": ("image/jpeg", _starts_with(r"\xff\xd8\xff"), _photo("JPEG")),
    ".jpeg": ("image/jpeg", _starts_with(r"\xff\xd8\xff"), _photo("JPEG")),
    ".png": ("image/png", _starts_with(r"\x89PNG\r\n\x1a\n"), _photo("PNG")),
    ".docx": (WORD, _holds("word/document.xml"), _as_it_is),
    ".xlsx": (SHEET, _holds("xl/workbook.xml"), _as_it_is),
}


def not_open() -> ValidationError:
    """Return the words for a file that is what it says but does not open."""
    return ValidationError(_("We could not open this file. Choose it again, or take a new photo."), code="damaged")


def too_many_pixels() -> ValidationError:
    """Return the words for a picture of too many points."""
    words = _("This picture is larger than %(most)s megapixels. Take a smaller photo.")
    return ValidationError(words % {"most": MOST_PIXELS // 1_000_000}, code="pixels")


def require_small(file: File) -> None:
    """Pass when a file has no more bytes than one paper may."""
    if (file.size or 0) > settings.DOCUMENT_MAX_BYTES:
        words = _("This file has more than %(most)s MB. Take a smaller photo.")
        raise ValidationError(words % {"most": settings.DOCUMENT_MAX_BYTES // 1024**2}, code="size")


def extension_of(name: str) -> str:
    """Return the extension by which we know what a file should be."""
    return PurePath(name).suffix.lower()


def readable(file: File, *, name: str) -> File:
    """Return what we keep of a file; raises ValidationError in words that help."""
    extension = extension_of(name)
    if extension not in KINDS:
        raise ValidationError(
            _("We can read PDF, JPG, PNG, DOCX and XLSX. Take a photo of the paper instead."), code="extension"
        )
    require_small(file)
    _served_as, says_so, kept_of = KINDS[extension]
    file.seek(0)
    if not says_so(file):
        words = _("This file is called %(kind)s but it is something else. Take a photo of the paper instead.")
        raise ValidationError(words % {"kind": extension[1:].upper()}, code="content")
    file.seek(0)
    kept = kept_of(file)
    require_small(kept)
    kept.seek(0)
    return kept
