from numpy import dtype, ndarray, uint8

class Cascade:
    def __init__(self, xml_file: str) -> None: ...
    def detect_multi_scale(
        self,
        img: ndarray[tuple[int, ...], dtype[uint8]],
        scale_factor: float,
        step_ratio: float,
        min_size: tuple[int, int],
        max_size: tuple[int, int],
        min_neighbor_number: int = 4,
    ) -> list[dict[str, int]]: ...
