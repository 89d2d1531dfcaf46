"use client";

import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";

/** Asks for the code. */
export function Door() {
  const router = useRouter();
  const [wrong, setWrong] = useState(false);

  async function enter(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const code = new FormData(event.currentTarget).get("code");
    const { ok } = await fetch("/api/session", { method: "POST", body: JSON.stringify({ code }) });
    setWrong(!ok);
    if (ok) router.refresh();
  }

  return (
    <form onSubmit={enter}>
      <label htmlFor="code">Access code</label>
      <input id="code" name="code" type="password" required />
      <button>Enter</button>
      {wrong && <p role="alert">That is not it.</p>}
    </form>
  );
}
