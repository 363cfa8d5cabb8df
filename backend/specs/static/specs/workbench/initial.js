// What the server put into the page: the spec, who is looking and what they may do, and every address.

export const initial = JSON.parse(document.getElementById("workbench-state").textContent);
export const { spec, urls, permissions, language } = initial;
