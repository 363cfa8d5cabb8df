// Files dropped on an area.

export const ACCEPTED = ".pdf,.png,.jpg,.jpeg,.json";

export function onDrop(area, take) {
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.classList.add("dropping");
  });
  area.addEventListener("dragleave", (event) => event.relatedTarget || area.classList.remove("dropping"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("dropping");
    take([...event.dataTransfer.files]);
  });
}
