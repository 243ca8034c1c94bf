from xml.etree import ElementTree

import pytest

from partnership.demo.library import load_texts
from partnership.demo.portrait_drawing import _SCARF, _SKINS, LOOKS, face


def test_a_face_depends_on_its_arguments_alone():
    how = {"sex": "f", "looks": "northern"}
    assert face("seed", "Ada", **how) == face("seed", "Ada", **how)
    assert len({face(seed, name, **how) for seed in "abcde" for name in "vwxyz"}) == 25


def test_faces_fit_the_names():
    places = [place for place in load_texts("names").values() if "weight" in place]
    for each in [*places, *load_texts("school")["staff"]]:
        assert each["looks"] in LOOKS, each
    for number in range(200):
        man = face("seed", str(number), sex="m", looks="near_eastern")
        assert _SCARF[0].partition('fill="C"')[2] not in man
        dark, light = (face("seed", str(number), sex="f", looks=looks) for looks in ("african", "northern"))
        assert not any(skin in dark for skin in _SKINS[:4])
        assert not any(skin in light for skin in _SKINS[4:])


@pytest.mark.parametrize("bearded", [False, True])
def test_faces_are_well_formed_and_carry_no_script(bearded):
    for number in range(200):
        drawing = face("seed", f"<name {number}>", sex="m" if bearded else "f", looks="near_eastern", bearded=bearded)
        assert {element.tag.split("}")[1] for element in ElementTree.fromstring(drawing).iter()} <= {
            "svg", "rect", "path", "circle", "ellipse", "g",
        }  # fmt: skip
        assert '"H"' not in drawing
        assert '"C"' not in drawing
