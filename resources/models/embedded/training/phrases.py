# SPDX-License-Identifier: MIT
"""Fixed sentences: small talk, meeting phrases, dictation commands. English | German | Spanish | French."""
from lexicon import table

TALK = table("""
Thank you everyone, let us begin. | Danke an alle, lasst uns anfangen. | Gracias a todos, empecemos. | Merci à tous, commençons.
Good morning everyone. | Guten Morgen zusammen. | Buenos días a todos. | Bonjour à tous.
Good afternoon, can you hear me? | Guten Tag, könnt ihr mich hören? | Buenas tardes, ¿me oyen? | Bonjour, vous m'entendez ?
Good evening and welcome. | Guten Abend und willkommen. | Buenas noches y bienvenidos. | Bonsoir et bienvenue.
That is a good idea. | Das ist eine gute Idee. | Es una buena idea. | C'est une bonne idée.
I agree with that. | Ich stimme dem zu. | Estoy de acuerdo con eso. | Je suis d'accord avec cela.
I do not agree. | Ich bin nicht einverstanden. | No estoy de acuerdo. | Je ne suis pas d'accord.
Are there any questions? | Gibt es noch Fragen? | ¿Hay alguna pregunta? | Y a-t-il des questions ?
Thank you for your time. | Danke für eure Zeit. | Gracias por su tiempo. | Merci pour votre temps.
Let us move to the next point. | Gehen wir zum nächsten Punkt. | Pasemos al siguiente punto. | Passons au point suivant.
Can you repeat that, please? | Kannst du das bitte wiederholen? | ¿Puede repetir eso, por favor? | Pouvez-vous répéter, s'il vous plaît ?
See you next week. | Bis nächste Woche. | Hasta la próxima semana. | À la semaine prochaine.
See you tomorrow. | Bis morgen. | Hasta mañana. | À demain.
This is a test of the microphone. | Das ist ein Test des Mikrofons. | Esta es una prueba del micrófono. | Ceci est un test du microphone.
Hello, how are you today? | Hallo, wie geht es dir heute? | Hola, ¿cómo está hoy? | Bonjour, comment allez-vous aujourd'hui ?
I am fine, thank you. | Mir geht es gut, danke. | Estoy bien, gracias. | Je vais bien, merci.
The meeting is over. | Die Besprechung ist beendet. | La reunión ha terminado. | La réunion est terminée.
I have no more questions. | Ich habe keine weiteren Fragen. | No tengo más preguntas. | Je n'ai plus de questions.
Please speak a little louder. | Bitte sprich etwas lauter. | Por favor, hable un poco más alto. | Parlez un peu plus fort, s'il vous plaît.
Please speak more slowly. | Bitte sprich langsamer. | Por favor, hable más despacio. | Parlez plus lentement, s'il vous plaît.
We are waiting for two more people. | Wir warten noch auf zwei Personen. | Esperamos a dos personas más. | Nous attendons encore deux personnes.
Let us take a short break. | Machen wir eine kurze Pause. | Hagamos una pausa corta. | Faisons une courte pause.
Who wants to start? | Wer möchte anfangen? | ¿Quién quiere empezar? | Qui veut commencer ?
I will share my screen. | Ich teile meinen Bildschirm. | Voy a compartir mi pantalla. | Je vais partager mon écran.
Can everyone see my screen? | Können alle meinen Bildschirm sehen? | ¿Todos ven mi pantalla? | Tout le monde voit mon écran ?
Sorry, I was on mute. | Entschuldigung, ich war stumm. | Perdón, estaba en silencio. | Désolé, mon micro était coupé.
We have five minutes left. | Wir haben noch fünf Minuten. | Nos quedan cinco minutos. | Il nous reste cinq minutes.
That sounds great. | Das klingt großartig. | Suena muy bien. | Cela semble très bien.
I do not know yet. | Ich weiß es noch nicht. | Todavía no lo sé. | Je ne sais pas encore.
It depends on the price. | Es hängt vom Preis ab. | Depende del precio. | Cela dépend du prix.
We need more time. | Wir brauchen mehr Zeit. | Necesitamos más tiempo. | Nous avons besoin de plus de temps.
The team did a great job. | Das Team hat großartig gearbeitet. | El equipo ha hecho un gran trabajo. | L'équipe a fait un excellent travail.
Where is the train station? | Wo ist der Bahnhof? | ¿Dónde está la estación de tren? | Où est la gare ?
I would like a cup of coffee. | Ich hätte gern eine Tasse Kaffee. | Quisiera una taza de café. | Je voudrais une tasse de café.
The food was very good. | Das Essen war sehr gut. | La comida estaba muy buena. | Le repas était très bon.
It is raining outside. | Draußen regnet es. | Está lloviendo fuera. | Il pleut dehors.
The sun is shining today. | Heute scheint die Sonne. | Hoy brilla el sol. | Le soleil brille aujourd'hui.
What time is it? | Wie spät ist es? | ¿Qué hora es? | Quelle heure est-il ?
How much does it cost? | Wie viel kostet das? | ¿Cuánto cuesta? | Combien ça coûte ?
Nice to meet you. | Freut mich, dich kennenzulernen. | Encantado de conocerle. | Ravi de vous rencontrer.
Have a nice weekend. | Schönes Wochenende. | Buen fin de semana. | Bon week-end.
Happy birthday to you. | Alles Gute zum Geburtstag. | Feliz cumpleaños. | Joyeux anniversaire.
Excuse me, I have to go now. | Entschuldigung, ich muss jetzt gehen. | Disculpe, tengo que irme ahora. | Excusez-moi, je dois partir maintenant.
I will call you back later. | Ich rufe später zurück. | Le llamaré más tarde. | Je vous rappellerai plus tard.
Please close the window. | Bitte schließ das Fenster. | Por favor, cierre la ventana. | Fermez la fenêtre, s'il vous plaît.
Please turn off the light. | Bitte mach das Licht aus. | Por favor, apague la luz. | Éteignez la lumière, s'il vous plaît.
The door is open. | Die Tür ist offen. | La puerta está abierta. | La porte est ouverte.
We are very happy with the result. | Wir sind mit dem Ergebnis sehr zufrieden. | Estamos muy contentos con el resultado. | Nous sommes très contents du résultat.
There is a problem with the sound. | Es gibt ein Problem mit dem Ton. | Hay un problema con el sonido. | Il y a un problème avec le son.
The internet connection is slow. | Die Internetverbindung ist langsam. | La conexión a internet es lenta. | La connexion internet est lente.
Let us talk about the next steps. | Sprechen wir über die nächsten Schritte. | Hablemos de los próximos pasos. | Parlons des prochaines étapes.
Who will take notes today? | Wer schreibt heute das Protokoll? | ¿Quién toma notas hoy? | Qui prend des notes aujourd'hui ?
I have a short question. | Ich habe eine kurze Frage. | Tengo una pregunta corta. | J'ai une petite question.
Does anyone have another idea? | Hat jemand eine andere Idee? | ¿Alguien tiene otra idea? | Quelqu'un a une autre idée ?
Yes, of course. | Ja, natürlich. | Sí, por supuesto. | Oui, bien sûr.
No, not yet. | Nein, noch nicht. | No, todavía no. | Non, pas encore.
No problem at all. | Gar kein Problem. | Ningún problema. | Aucun problème.
You are welcome. | Gern geschehen. | De nada. | Je vous en prie.
Maybe we can do it together. | Vielleicht können wir es zusammen machen. | Quizás podamos hacerlo juntos. | Nous pouvons peut-être le faire ensemble.
I am a little tired today. | Ich bin heute etwas müde. | Hoy estoy un poco cansado. | Je suis un peu fatigué aujourd'hui.
The bus leaves in ten minutes. | Der Bus fährt in zehn Minuten. | El autobús sale en diez minutos. | Le bus part dans dix minutes.
My phone is not working. | Mein Telefon funktioniert nicht. | Mi teléfono no funciona. | Mon téléphone ne fonctionne pas.
Everything is going according to plan. | Alles läuft nach Plan. | Todo va según el plan. | Tout se passe comme prévu.
We will decide that later. | Das entscheiden wir später. | Lo decidiremos más tarde. | Nous déciderons cela plus tard.
The children are playing in the garden. | Die Kinder spielen im Garten. | Los niños juegan en el jardín. | Les enfants jouent dans le jardin.
My brother lives in the city. | Mein Bruder wohnt in der Stadt. | Mi hermano vive en la ciudad. | Mon frère habite en ville.
The quick brown fox jumps over the lazy dog. | Der schnelle braune Fuchs springt über den faulen Hund. | El rápido zorro marrón salta sobre el perro perezoso. | Le rapide renard brun saute par-dessus le chien paresseux.
I read that book last summer. | Ich habe dieses Buch letzten Sommer gelesen. | Leí ese libro el verano pasado. | J'ai lu ce livre l'été dernier.
She works in a hospital. | Sie arbeitet in einem Krankenhaus. | Ella trabaja en un hospital. | Elle travaille dans un hôpital.
He drives to work every day. | Er fährt jeden Tag zur Arbeit. | Él va al trabajo en coche todos los días. | Il va au travail en voiture tous les jours.
What did you say? | Was hast du gesagt? | ¿Qué ha dicho? | Qu'avez-vous dit ?
Could you help me, please? | Könntest du mir bitte helfen? | ¿Podría ayudarme, por favor? | Pourriez-vous m'aider, s'il vous plaît ?
I forgot my glasses at home. | Ich habe meine Brille zu Hause vergessen. | Olvidé mis gafas en casa. | J'ai oublié mes lunettes à la maison.
We won the first prize. | Wir haben den ersten Preis gewonnen. | Ganamos el primer premio. | Nous avons gagné le premier prix.
That is all for today. | Das ist alles für heute. | Eso es todo por hoy. | C'est tout pour aujourd'hui.
Let me check my calendar. | Ich schaue in meinen Kalender. | Déjeme mirar mi calendario. | Laissez-moi vérifier mon agenda.
""")

# Dictation and spoken commands are written as said.
COMMANDS = table("""
New line. | Neue Zeile. | Nueva línea. | Nouvelle ligne.
New paragraph. | Neuer Absatz. | Nuevo párrafo. | Nouveau paragraphe.
Delete the last word. | Lösche das letzte Wort. | Borra la última palabra. | Supprime le dernier mot.
Delete that sentence. | Lösche diesen Satz. | Borra esa frase. | Supprime cette phrase.
Start recording. | Aufnahme starten. | Empieza a grabar. | Commence l'enregistrement.
Stop recording. | Aufnahme beenden. | Deja de grabar. | Arrête l'enregistrement.
Undo. | Rückgängig. | Deshacer. | Annuler.
Comma. | Komma. | Coma. | Virgule.
Full stop. | Punkt. | Punto. | Point.
Question mark. | Fragezeichen. | Signo de interrogación. | Point d'interrogation.
Exclamation mark. | Ausrufezeichen. | Signo de exclamación. | Point d'exclamation.
Colon. | Doppelpunkt. | Dos puntos. | Deux points.
Open quote. | Anführungszeichen auf. | Abrir comillas. | Ouvrez les guillemets.
Close quote. | Anführungszeichen zu. | Cerrar comillas. | Fermez les guillemets.
Capital letter. | Großbuchstabe. | Mayúscula. | Majuscule.
Save the document. | Speichere das Dokument. | Guarda el documento. | Enregistre le document.
Read it back to me. | Lies es mir vor. | Léemelo. | Relis-le-moi.
Scroll down. | Nach unten blättern. | Desplázate hacia abajo. | Descends.
Select all. | Alles auswählen. | Seleccionar todo. | Tout sélectionner.
Send it now. | Jetzt senden. | Envíalo ahora. | Envoie-le maintenant.
""")
