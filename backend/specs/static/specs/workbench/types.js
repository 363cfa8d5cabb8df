export const TYPES = ["string", "integer", "number", "money", "percent", "date", "time", "datetime", "boolean", "enum", "phone", "email"];
