from xml.etree import ElementTree

import pytest

from partnership.demo.portrait_drawing import face


def test_a_face_depends_on_its_arguments_alone():
    assert face("seed", "Ada") == face("seed", "Ada")
    assert len({face(seed, name) for seed in "abcde" for name in "vwxyz"}) == 25


@pytest.mark.parametrize("bearded", [False, True])
def test_faces_are_well_formed_and_carry_no_script(bearded):
    for number in range(200):
        drawing = face("seed", f"<name {number}>", bearded=bearded)
        assert {element.tag.split("}")[1] for element in ElementTree.fromstring(drawing).iter()} <= {
            "svg", "rect", "path", "circle", "ellipse", "g",
        }  # fmt: skip
        assert '"H"' not in drawing
        assert '"C"' not in drawing
